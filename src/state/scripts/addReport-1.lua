#!lua
-- Notes a build of a commit; of each pipeline, the one with the greatest number stays.
--
-- KEYS  1 reports: hash, <organization>/<pipeline> -> number
-- ARGV  1 field  2 number  3 ttl (s)
-- Returns 1 when it is the newest, else 0
local known = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
redis.call('EXPIRE', KEYS[1], ARGV[3])
if known > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
