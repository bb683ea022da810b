#!lua
-- Keeps the latest change of an agent; of two at the same time, a fixed one.
--
-- KEYS  1 agents: hash, id -> "<at>:<json>"
-- ARGV  1 id  2 at (ms)  3 JSON  4 ttl (s)
-- Returns 1 when it was new, else 0
local known = redis.call('HGET', KEYS[1], ARGV[1])
local value = string.format('%015d', ARGV[2]) .. ':' .. ARGV[3]
if known and known >= value then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], value)
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
