#!lua flags=allow-oom
-- Stores what a slot shows now; only a newer version replaces an older one.
--
-- KEYS  1 slot
-- ARGV  1 version shown  2 JSON
-- Returns 1, or 0 when a newer version was shown in the meantime (and may have been overwritten just now)
if tonumber(redis.call('HGET', KEYS[1], 'version') or '0') > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'done', ARGV[2])
return 1
