#!lua flags=allow-oom
-- Forgets what a slot was thought to show, so that the next run shows it again.
--
-- KEYS  1 slot
-- Returns 1, or 0 when nothing is shown
local done = redis.call('HGET', KEYS[1], 'done')
if not done then return 0 end
local shown = cjson.decode(done)
shown.hash = cjson.null
redis.call('HSET', KEYS[1], 'done', cjson.encode(shown))
return 1
