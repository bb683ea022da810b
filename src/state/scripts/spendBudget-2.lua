#!lua flags=allow-oom
-- Takes one request out of what a service allows in this minute, unless it told us to wait.
--
-- KEYS  1 pause: string, until when (ms) the service told us to wait  2 budget: string, requests of this minute
-- ARGV  1 now  2 how many requests there may be, this one included  3 ttl of the budget (s)
-- Returns {'granted'} | {'paused', until} | {'spent'}
local pause = redis.call('GET', KEYS[1])
if pause and tonumber(pause) > tonumber(ARGV[1]) then return { 'paused', pause } end
if tonumber(redis.call('GET', KEYS[2]) or '0') >= tonumber(ARGV[2]) then return { 'spent' } end
redis.call('INCR', KEYS[2])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return { 'granted' }
