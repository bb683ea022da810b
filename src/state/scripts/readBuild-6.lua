#!lua flags=no-writes
-- Reads the facts of a build in one go: the merged fields, and the first jobs of each list that verdicts are made of.
--
-- KEYS  1 build  2 jobs  3 causes  4 retrying  5 canceled  6 recovered
-- ARGV  1 how many jobs of each list
-- Returns {fields and values, causes, retrying, canceled, recovered}; each job is its id followed by its value
local function jobsOf(list)
  local ids = redis.call('ZRANGE', list, 0, tonumber(ARGV[1]) - 1)
  if #ids == 0 then return {} end
  local values = redis.call('HMGET', KEYS[2], unpack(ids))
  local result = {}
  for i, id in ipairs(ids) do
    if values[i] then
      result[#result + 1] = id
      result[#result + 1] = values[i]
    end
  end
  return result
end
return { redis.call('HGETALL', KEYS[1]), jobsOf(KEYS[3]), jobsOf(KEYS[4]), jobsOf(KEYS[5]), jobsOf(KEYS[6]) }
