#!/bin/sh
# Ruby 3.2 with its standard library (a thousand files) in the executable: it runs where there is nothing else, and starts as quickly
# as with the library in a directory. The module has a library of its own inside, which it writes out first and then does without.
. "$(dirname "$0")/prepare.sh"
mkdir library
build ruby write --dir library::/out
./write - <<'END'
def copy(from, to)
  return File.binwrite(to, File.binread(from)) unless File.directory?(from)
  Dir.mkdir(to) unless File.directory?(to)
  Dir.children(from).each { |name| copy("#{from}/#{name}", "#{to}/#{name}") }
end
copy("/wlr-rubies/lib/ruby", "/out")
END
echo "the library: $(find library -type f | wc -l) files, $(du -sk library | cut -f 1) KiB"
build ruby embedded --embed library::/ruby --env RUBYLIB=/ruby/3.2.0:/ruby/3.2.0/wasm32-wasi
build ruby directory --dir library::/ruby --env RUBYLIB=/ruby/3.2.0:/ruby/3.2.0/wasm32-wasi

cat > program.rb <<'END'
%w[json set csv erb optparse yaml time digest securerandom net/http rexml/document].each { |name| require name rescue puts "no #{name}" }
puts JSON.generate({a: [1, 2.5, nil], b: Set[1, 2].sum})
puts CSV.parse("a,b\n1,2\n").inspect
puts ERB.new("<%= 6 * 7 %>").result
files = $LOADED_FEATURES.grep(/\.rb$/)
puts "all from /ruby: #{files.size > 50 && files.reject { |file| file.start_with?("/ruby/", "/wlr-rubies/lib/ruby/3.2.0/rubygems", "/wlr-rubies/lib/ruby/3.2.0/monitor") }.empty?}"
entries = Dir.glob("/ruby/**/*", File::FNM_DOTMATCH)
files = entries.select { |file| File.file?(file) }
puts "#{files.size} files, #{files.sum { |file| File.size(file) }} bytes, changed after 2000: #{files.all? { |file| File.mtime(file).year > 2000 }}"
begin; File.write("/ruby/new", "x"); rescue => error; puts error.class; end
END
./directory - < program.rb > expected
sed -i '$s/.*/Errno::EROFS/' expected
./embedded - < program.rb | expect "the library in the executable is that in the directory" expected
if chroot / /bin/true 2> /dev/null; then
    mkdir root
    cp embedded root/
    chroot root /embedded - < program.rb | expect "in an empty root directory" expected
else
    echo "not permitted: chroot"
fi

# side by side, in turn: medians of 21 starts each
measure() { begin=$(date +%s%N); "$1" -e 'require "json"; puts JSON.generate([1])' > /dev/null; echo $((($(date +%s%N) - begin) / 1000)) >> "$1.times"; }
for run in $(seq 21); do measure ./directory; measure ./embedded; done
median() { sort -n "$1.times" | sed -n 11p; }
echo "start and json: $(median ./directory) us with --dir, $(median ./embedded) us with --embed"
