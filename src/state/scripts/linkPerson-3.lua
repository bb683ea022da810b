#!lua
-- Links a GitHub login and a Slack user: each has one of the other, so what either was linked to before is forgotten.
-- That the user once said not to be this login does not count any more.
--
-- KEYS  1 users: hash, login -> user  2 logins: hash, user -> JSON with the login  3 declined: zset
-- ARGV  1 login  2 user  3 JSON  4 member of declined
-- Returns {the user's login before, or '', the login's user before, or ''}
local users, logins = KEYS[1], KEYS[2]
local login, user = ARGV[1], ARGV[2]
local formerLogin, formerUser = '', redis.call('HGET', users, login) or ''
local link = redis.call('HGET', logins, user)
if link then formerLogin = cjson.decode(link).login end
if formerLogin ~= '' then redis.call('HDEL', users, formerLogin) end
if formerUser ~= '' then redis.call('HDEL', logins, formerUser) end
redis.call('HSET', users, login, user)
redis.call('HSET', logins, user, ARGV[3])
redis.call('ZREM', KEYS[3], ARGV[4])
return { formerLogin, formerUser }
