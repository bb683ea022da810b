#!lua flags=allow-oom
-- From now on, what changes how a pull request is told marks commentOnPull. Called before the facts are read, so that
-- whatever comes after them marks it.
--
-- KEYS  1 pull
-- Returns 1, or 0 for one that is not known: its first snapshot marks it when there are builds to tell
if redis.call('HEXISTS', KEYS[1], 'facts') == 0 then return 0 end
redis.call('HSET', KEYS[1], 'followed', '1')
return 1
