#!lua
-- Keeps what a reading of a repository's files came to, unless a later reading is there already.
--
-- KEYS  1 policy of the repository  2 repositories with a file
-- ARGV  1 ttl (s)  2 when it was read  3 repository  4 head, JSON  5 text in force, or nothing  6 CODEOWNERS, or nothing
-- Returns whether it was kept (1 | 0)
local known = redis.call('HGET', KEYS[1], 'readAt')
if known and tonumber(known) > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'readAt', ARGV[2], 'head', ARGV[4], 'text', ARGV[5], 'codeowners', ARGV[6])
redis.call('EXPIRE', KEYS[1], ARGV[1])
if ARGV[5] == '' then redis.call('SREM', KEYS[2], ARGV[3]) else redis.call('SADD', KEYS[2], ARGV[3]) end
return 1
