#!lua flags=allow-oom
-- Stores what was concluded from a build's facts, unless somebody concluded from newer facts already, and marks what
-- follows when the conclusion changed.
--
-- KEYS  1 build  2 history: zset of a tracked branch, by build number, or the build again when it is not tracked
--       3 marks
-- ARGV  1 now  2 rev of the facts  3 verdict (JSON)  4 history member ('' for none)  5 build number
--       6 how many builds a history keeps  7 ttl of the history (s)  8.. subjects to mark
-- Returns {changed (1 | 0), for each subject: needs a trigger (1 | 0)}
--@include mark
local build, history, marks = KEYS[1], KEYS[2], KEYS[3]
local now, rev, verdict, member, number = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
if redis.call('EXISTS', build) == 0 then return { 0 } end
local known = redis.call('HMGET', build, 'verdict', 'verdictRev')
if known[2] and tonumber(known[2]) > rev then return { 0 } end
redis.call('HSET', build, 'verdict', verdict, 'verdictRev', rev)
local changed = known[1] ~= verdict
if history ~= build then
  local old = redis.call('ZRANGEBYSCORE', history, number, number)[1] or ''
  if old ~= member then
    changed = true
    if old ~= '' then redis.call('ZREM', history, old) end
    if member ~= '' then redis.call('ZADD', history, number, member) end
    redis.call('ZREMRANGEBYRANK', history, 0, -1 - tonumber(ARGV[6]))
  end
  redis.call('EXPIRE', history, ARGV[7])
end
local result = { changed and 1 or 0 }
for i = 8, #ARGV do
  -- An unchanged conclusion may belong to a run that died before its triggers were fired: a standing mark is fired again.
  result[#result + 1] = changed and mark(marks, ARGV[i], now) or redis.call('HEXISTS', marks, ARGV[i])
end
return result
