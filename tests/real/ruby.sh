#!/bin/sh
# Ruby 3.2 with its library inside the module: evaluates a program that requires json.
. "$(dirname "$0")/prepare.sh"
build ruby ruby

cat > expected <<'END'
{"a":[1,2.5,null],"b":"3.2.0"}
{"x"=>[2, {"y"=>"ünï"}]}
188
["brown", "fox", "quick", "the"]
ZeroDivisionError: divided by 0
END
./ruby -e 'require "json"
puts JSON.generate({a: [1, 2.5, nil], b: RUBY_VERSION})
puts JSON.parse("{\"x\":[2,{\"y\":\"ünï\"}]}").inspect
fib = Enumerator.new { |y| a, b = 0, 1; loop { y << a; a, b = b, a + b } }
puts fib.lazy.select(&:odd?).take(8).to_a.sum
puts "the quick brown fox".scan(/\w+/).sort.inspect
begin; 1 / 0; rescue => e; puts "#{e.class}: #{e.message}"; end' | expect "a program that requires json" expected
