#!lua flags=allow-oom
-- The effect is gone: the next claim makes it anew, unless somebody has done so already. Attempts go on counting.
--
-- KEYS  1 slot
-- ARGV  1 channel  2 ts of what is gone
-- Returns 1, or 0 when the slot holds something else by now
local done = redis.call('HGET', KEYS[1], 'done')
if not done then return 0 end
local shown = cjson.decode(done)
if shown.channel ~= ARGV[1] or shown.ts ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], 'done', 'version', 'first')
return 1
