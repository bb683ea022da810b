#!lua flags=allow-oom
-- Replaces or removes an installation, but only the one that was looked at: a workspace may have installed again since.
--
-- KEYS  1 installation: string, sealed
-- ARGV  1 what was looked at  2 what replaces it; empty: nothing does
-- Returns 1 when it was still there, else 0
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2]) end
return 1
