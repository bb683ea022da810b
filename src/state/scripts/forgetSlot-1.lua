#!lua flags=allow-oom
-- The effect is gone: the next claim makes it anew, unless somebody has done so already. Attempts go on counting.
--
-- KEYS  1 slot
-- ARGV  what is gone, by fields of the result: field, text, field, text, …
-- Returns 1, or 0 when the slot holds something else by now
local done = redis.call('HGET', KEYS[1], 'done')
if not done then return 0 end
local shown = cjson.decode(done)
for i = 1, #ARGV, 2 do
  if shown[ARGV[i]] ~= ARGV[i + 1] then return 0 end
end
redis.call('HDEL', KEYS[1], 'done', 'version', 'first')
return 1
