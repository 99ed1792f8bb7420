# Blocks, hashes, strings, integers of any size and JSON in a Ruby interpreter.
require "json"

def fib(n) = n < 2 ? n : fib(n - 1) + fib(n - 2)
puts fib(24)
counts = Hash.new(0)
60_000.times { |i| counts["word#{i * 7919 % 997}"] += 1 }
puts counts.size, counts.max_by { |word, count| [count, word] }.inspect
puts (1..400).inject(:*).to_s.length
data = (0...5000).map { |i| { "id" => i, "name" => "item #{i}", "parts" => [i, i / 2.0, nil] } }
puts JSON.parse(JSON.generate(data)).sum { |entry| entry["parts"][0] }
puts (0...20_000).map { |i| i * 7919 % 20_011 }.sort.each_slice(100).map(&:first).sum
puts ("a".."zz").to_a.join(" ").gsub(/([aeiou])(\w)/) { $2 + $1 }.length
