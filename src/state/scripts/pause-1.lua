#!lua
-- Notes until when a service asked to wait; the latest time of all stays.
--
-- KEYS  1 pause: string, the time
-- ARGV  1 until (ms)  2 ttl (ms)
-- Returns nothing
local known = tonumber(redis.call('GET', KEYS[1]) or '0')
if known < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
