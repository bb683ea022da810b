#!lua flags=allow-oom
-- Takes a Slack user's link away, on both sides.
--
-- KEYS  1 users: hash, login -> user  2 logins: hash, user -> JSON with the login
-- ARGV  1 user
-- Returns the login, or '' when there was none
local link = redis.call('HGET', KEYS[2], ARGV[1])
if not link then return '' end
local login = cjson.decode(link).login
redis.call('HDEL', KEYS[2], ARGV[1])
if redis.call('HGET', KEYS[1], login) == ARGV[1] then redis.call('HDEL', KEYS[1], login) end
return login
