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
%w[json set csv erb optparse time digest securerandom ripper].each { |name| require name }
puts JSON.generate({a: [1, 2.5, nil], b: Set[1, 2].sum})
puts CSV.parse("a,b\n1,2\n").inspect
puts ERB.new("<%= 6 * 7 %>").result
# what Ruby loads before it looks at RUBYLIB comes from inside the module
from = $LOADED_FEATURES.grep(/\.rb$/).group_by { |file| file[/\A\/[^\/]*/] }
puts "most are from /ruby: #{from["/ruby"].size > 50}, json too: #{from["/ruby"].include?("/ruby/3.2.0/json.rb")}"
files = Dir.glob("/ruby/**/*", File::FNM_DOTMATCH).select { |file| File.file?(file) }
puts "#{files.size} files, #{files.sum { |file| File.binread(file).sum(64) }}, #{files.sum { |file| File.mtime(file).to_i }}"
begin; File.write("/ruby/3.2.0/json.rb", "x", mode: "r+"); rescue => error; puts error.class; end
END
cp -r --preserve=timestamps library kept
./directory - < program.rb > expected # where writing is allowed
rm -r library && mv kept library
echo Errno::EROFS >> expected
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
