#!lua
-- Keeps the review with the greatest order of each reviewer, and of as many reviewers as asked for those with the
-- greatest. A pull request of which nothing else is known is to be fetched.
--
-- KEYS  1 pull: hash; @<login> = "<order of 32 digits><digest><json>"  2 no-pull  3 marks
-- ARGV  1 now  2 ttl (s)  3 login  4 order  5 review (JSON)  6 how many reviewers are kept  7 subject: fetchPull
-- Returns whether the subject needs a trigger (1 | 0)
--@include mark
local pull, field = KEYS[1], '@' .. ARGV[3]
local value = ARGV[4] .. redis.sha1hex(ARGV[5]) .. ARGV[5]
local function newer(a, b)
  local orderA, orderB = string.sub(a, 1, 32), string.sub(b, 1, 32)
  return orderA > orderB or (orderA == orderB and string.sub(a, 33, 72) > string.sub(b, 33, 72))
end

local old = redis.call('HGET', pull, field)
if not old or newer(value, old) then
  redis.call('HSET', pull, field, value)
  redis.call('EXPIRE', pull, ARGV[2])
  local most = tonumber(ARGV[6])
  if not old and redis.call('HLEN', pull) > most then
    local all, count, least = redis.call('HGETALL', pull), 0, nil
    for i = 1, #all, 2 do
      if string.sub(all[i], 1, 1) == '@' then
        count = count + 1
        if least == nil or newer(all[least + 1], all[i + 1]) then least = i end
      end
    end
    if count > most then redis.call('HDEL', pull, all[least]) end
  end
end
if redis.call('HEXISTS', pull, 'facts') == 1 or redis.call('EXISTS', KEYS[2]) == 1 then
  return redis.call('HEXISTS', KEYS[3], ARGV[7])
end
mark(KEYS[3], ARGV[7], ARGV[1])
return 1
