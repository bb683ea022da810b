#!lua flags=allow-oom
-- A slot is an effect in the outside world that must happen once (a message, a build). Whoever wants to bring it about
-- claims it first; a claim that ended without an answer leaves a doubt, and then the world is asked before acting.
--
-- KEYS  1 slot: hash, attempt, until, doubt (1 | 0), first (ms: the first claim), done (JSON), version
-- ARGV  1 now  2 until: when the claim may be taken over  3 ttl (s)
-- Returns {'done', JSON, version} | {'busy', until} | {'granted', attempt, doubt (1 | 0), first}
local slot = redis.call('HMGET', KEYS[1], 'done', 'version', 'until', 'doubt', 'attempt')
-- A slot lives as long as somebody asks for it: it must not end before what it belongs to.
redis.call('EXPIRE', KEYS[1], ARGV[3])
if slot[1] then return { 'done', slot[1], slot[2] or '0' } end
if slot[3] and tonumber(slot[3]) > tonumber(ARGV[1]) then return { 'busy', slot[3] } end
-- An expired claim is somebody who died or overslept: nobody knows how far they came.
local doubt = (slot[3] or slot[4] == '1') and '1' or '0'
local attempt = redis.call('HINCRBY', KEYS[1], 'attempt', 1)
redis.call('HSETNX', KEYS[1], 'first', ARGV[1])
redis.call('HSET', KEYS[1], 'until', ARGV[2], 'doubt', doubt)
redis.call('EXPIRE', KEYS[1], ARGV[3])
return { 'granted', attempt, tonumber(doubt), redis.call('HGET', KEYS[1], 'first') }
