#!lua flags=allow-oom
-- Ends a claim.
--
-- KEYS  1 slot
-- ARGV  1 attempt  2 'done' | 'released' (certainly did not happen) | 'doubt' (may have happened)  with 'done': 3 JSON  4 version shown  5 ttl (s)
-- Returns 1, or 0 when another attempt settled it or has taken it over
local slot = redis.call('HMGET', KEYS[1], 'attempt', 'done', 'doubt')
if slot[2] then return 0 end
-- Done is true whoever says it: the thing exists in the world.
if ARGV[2] == 'done' then
  redis.call('HSET', KEYS[1], 'done', ARGV[3], 'version', ARGV[4])
  redis.call('HDEL', KEYS[1], 'until', 'doubt')
  redis.call('EXPIRE', KEYS[1], ARGV[5])
  return 1
end
if slot[1] ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'until')
if ARGV[2] == 'doubt' then redis.call('HSET', KEYS[1], 'doubt', '1') end
return 1
