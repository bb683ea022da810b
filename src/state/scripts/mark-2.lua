#!lua flags=allow-oom
-- Marks subjects that somebody must look at now.
--
-- KEYS  1 marks  2 dead: a new mark brings a subject back that was given up
-- ARGV  1 now  2.. subjects
-- Returns for each subject whether it needs a trigger (1 | 0)
--@include mark
local result = {}
for i = 2, #ARGV do
  redis.call('HDEL', KEYS[2], ARGV[i])
  result[#result + 1] = mark(KEYS[1], ARGV[i], ARGV[1])
end
return result
