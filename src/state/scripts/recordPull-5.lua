-- Merges a snapshot of a pull request into its facts: the greatest order wins, and a merge is for ever. Two webhooks of
-- one second that differ, or an answer asked for before the webhook of its second came, leave a doubt that only an answer
-- asked for later settles. No `#!lua` line and few arguments, as GitHub tells of little as often: see recordBuild.
--
-- KEYS  1 pull: hash; facts = "<order><digest><json>", head (of an open one), merged = 1, mergedBy and mergeCommit as facts;
--         seen = digests of what webhooks said of the second of the facts, heard = when the last of them came,
--         doubt = since when it is in doubt
--       2 no-pull  3 head: zset of pull requests by number  4 marks  5 reports: builds of the head
-- ARGV  1 separated by spaces: order (15 digits for the second, then 1 for the API or 0, then 15 digits); now, for an
--         answer of the API when it was asked for; ttl (s); number; merged (1 | 0); pull requests that a head keeps; how
--         long an answer older than the doubt is waited for to change (ms)
--       2 snapshot (JSON)  3 head, '' when closed  4 merged by (JSON) or ''  5 merge commit or ''
--       6 subjects: fetchPull, and for an open one  7 commentOnPull  8 checkRepositoryPolicy
-- Returns for each subject: needs a trigger (1 | 0)
--@include mark
local pull, marks = KEYS[1], KEYS[4]
local order, nowText, ttl, number, merged, perHead, patience = string.match(ARGV[1], string.rep('(%d+) ', 6) .. '(%d+)')
local now, json, head = tonumber(nowText), ARGV[2], ARGV[3]
local known = redis.call('HMGET', pull, 'facts', 'head', 'seen', 'heard', 'doubt', 'merged')
local facts, doubt = known[1] or '', known[5] and tonumber(known[5])
local at, fromApi = string.sub(order, 1, 15), string.sub(order, 16, 16) == '1'
local knownOrder, knownAt, knownDigest = string.sub(facts, 1, 31), string.sub(facts, 1, 15), string.sub(facts, 32, 71)
local digest = redis.sha1hex(json)
local later, same, differs = at > knownAt, at == knownAt, digest ~= knownDigest

local writes, changed = {}, false
local function set(field, value)
  writes[#writes + 1] = field
  writes[#writes + 1] = value
end
local function wins(mine, mineDigest, theirs, theirDigest)
  return mine > theirs or (mine == theirs and mineDigest > theirDigest)
end
-- Of those that say something, the one with the greatest order.
local function keep(field, value)
  if value == '' then return end
  local old = redis.call('HGET', pull, field) or ''
  local valueDigest, oldDigest = redis.sha1hex(value), string.sub(old, 32, 71)
  if not wins(order, valueDigest, string.sub(old, 1, 31), oldDigest) then return end
  set(field, order .. valueDigest .. value)
  changed = changed or valueDigest ~= oldDigest
end

local won = wins(order, digest, knownOrder, knownDigest)
if won then
  set('facts', order .. digest .. json)
  changed = differs
  if head ~= known[2] then set('head', head) end
end
if merged == '1' and known[6] ~= '1' then
  set('merged', '1')
  changed = true
end
if merged == '1' then
  keep('mergedBy', ARGV[4])
  keep('mergeCommit', ARGV[5])
end

local doubts, forget = false, {}
local function settle() if doubt then forget[#forget + 1] = 'doubt' end end
if fromApi then
  if later then
    settle()
    if known[3] then forget[#forget + 1] = 'seen' end
    if known[4] then forget[#forget + 1] = 'heard' end
  elseif same and differs and known[4] and now < tonumber(known[4]) then
    doubts = true
    set('doubt', known[4])
  elseif doubt and (same and now >= doubt or now > doubt + tonumber(patience)) then
    settle()
  end
else
  local mine, seen = string.sub(digest, 1, 16), known[3] or ''
  if later then
    settle()
    set('seen', mine)
    set('heard', nowText)
  elseif same and differs and not string.find(seen, mine, 1, true) then
    doubts = true
    changed = true
    set('doubt', nowText)
    -- More of one second than these are not told apart from repetitions by their age: they are fetched once more.
    set('seen', string.sub(seen .. ' ' .. mine, -16 * 17))
    set('heard', nowText)
  end
end

if #forget > 0 then redis.call('HDEL', pull, unpack(forget)) end
if #writes > 0 then
  redis.call('HSET', pull, unpack(writes))
  redis.call('EXPIRE', pull, ttl)
end
if facts == '' or doubts then redis.call('DEL', KEYS[2]) end
local newHead = won and head ~= '' and head ~= known[2]
if newHead then
  redis.call('ZADD', KEYS[3], number, number)
  redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -1 - tonumber(perHead))
  redis.call('EXPIRE', KEYS[3], ttl)
end

-- Before a build of the head was reported there is nothing to say, and closing says nothing: the first build will see to it.
local due = { doubts, newHead and redis.call('EXISTS', KEYS[5]) == 1, newHead }
local result = {}
for i = 6, #ARGV do
  if due[i - 5] then result[#result + 1] = mark(marks, ARGV[i], nowText)
  -- A repetition marks nothing; but a mark that still stands may have lost its trigger, so it is fired again.
  else result[#result + 1] = changed and 0 or redis.call('HEXISTS', marks, ARGV[i]) end
end
return result
