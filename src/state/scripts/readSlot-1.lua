#!lua flags=allow-oom
-- A slot lives as long as somebody asks for it: it must not end before what it belongs to.
--
-- KEYS  1 slot
-- ARGV  1 ttl (s)
-- Returns its result (JSON), or nothing when it is not done
redis.call('EXPIRE', KEYS[1], ARGV[1])
return redis.call('HGET', KEYS[1], 'done')
