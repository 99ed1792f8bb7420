;;! build: --dir {dir}/root::/ --dir {dir}/other::/data/other
;;! file: root/dir/sub/file = x
;;! file: other/in/file = y
;;! mkdir: outside
;;! symlink: root/link -> dir/sub
;;! symlink: root/dir/up -> ../link/..
;;! symlink: root/absolute -> /dir
;;! symlink: root/out -> ../outside
;;! symlink: root/loop -> loop
;;! symlink: root/dangling -> nothing
;; The current directory: a name without links and dots, of what was granted.
(module
  (import "wasix_32v1" "getcwd" (func $getcwd (param i32 i32) (result i32)))
  (import "wasix_32v1" "chdir" (func $chdir (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1 1)
  (global $success i32 (i32.const 0))
  (global $fault i32 (i32.const 21))
  (global $ilseq i32 (i32.const 25))
  (global $inval i32 (i32.const 28))
  (global $loop i32 (i32.const 32))
  (global $nametoolong i32 (i32.const 37))
  (global $noent i32 (i32.const 44))
  (global $notdir i32 (i32.const 54))
  (global $range i32 (i32.const 68))
  (global $notcapable i32 (i32.const 76))
  (data (i32.const 1024) "dir")
  (data (i32.const 1040) "..")
  (data (i32.const 1056) "/link")
  (data (i32.const 1072) "/dir/up")
  (data (i32.const 1088) "../dir//./sub/")
  (data (i32.const 1104) "/data/other/in")
  (data (i32.const 1120) "/")
  (data (i32.const 1136) "file")
  (data (i32.const 1152) "/absolute")
  (data (i32.const 1168) "/out")
  (data (i32.const 1184) "/loop")
  (data (i32.const 1200) "/dangling")
  (data (i32.const 1216) "/../outside")
  (data (i32.const 1232) "a\00b")
  (data (i32.const 1248) "\ff")
  (data (i32.const 1264) "/data")
  (data (i32.const 1280) "/etc")
  (data (i32.const 1296) "/data/otherwise")
  (data (i32.const 1312) "/data/other/../../dir")
  (func $expect (param $step i32) (param $got i32) (param $want i32)
    (if (i32.ne (local.get $got) (local.get $want)) (then (call $proc_exit (local.get $step)))))
  ;; Prints the current directory.
  (func $print (local $len i32)
    (i32.store (i32.const 0) (i32.const 1000))
    (memory.fill (i32.const 2048) (i32.const 0xff) (i32.const 1000))
    (call $expect (i32.const 1) (call $getcwd (i32.const 2048) (i32.const 0)) (global.get $success))
    (local.set $len (i32.load (i32.const 0)))
    ;; A NUL, and nothing behind it.
    (call $expect (i32.const 2) (i32.load16_u (i32.add (i32.const 2048) (local.get $len))) (i32.const 0xff00))
    (i32.store8 (i32.add (i32.const 2048) (local.get $len)) (i32.const 10))
    (i32.store (i32.const 8) (i32.const 2048))
    (i32.store (i32.const 12) (i32.add (local.get $len) (i32.const 1)))
    (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16))))
  (func $go (param $step i32) (param $path i32) (param $len i32)
    (call $expect (local.get $step) (call $chdir (local.get $path) (local.get $len)) (global.get $success))
    (call $print))
  (func (export "_start") (local $depth i32)
    (call $print)
    (call $go (i32.const 10) (i32.const 1024) (i32.const 3))
    (call $go (i32.const 11) (i32.const 1056) (i32.const 5))
    (call $go (i32.const 12) (i32.const 1040) (i32.const 2))
    (call $go (i32.const 13) (i32.const 1088) (i32.const 14))
    (call $go (i32.const 14) (i32.const 1072) (i32.const 7))
    (call $go (i32.const 15) (i32.const 1104) (i32.const 14))
    (call $go (i32.const 16) (i32.const 1040) (i32.const 2))
    (call $go (i32.const 17) (i32.const 1120) (i32.const 1))
    (call $go (i32.const 18) (i32.const 1056) (i32.const 5))

    ;; None of these is one; the current directory stays what it is.
    (call $expect (i32.const 20) (call $chdir (i32.const 1136) (i32.const 4)) (global.get $notdir))
    (call $expect (i32.const 21) (call $chdir (i32.const 1136) (i32.const 3)) (global.get $noent))
    (call $expect (i32.const 22) (call $chdir (i32.const 1136) (i32.const 0)) (global.get $noent))
    (call $expect (i32.const 23) (call $chdir (i32.const 1200) (i32.const 9)) (global.get $noent))
    (call $expect (i32.const 24) (call $chdir (i32.const 1184) (i32.const 5)) (global.get $loop))
    (call $expect (i32.const 25) (call $chdir (i32.const 1152) (i32.const 9)) (global.get $notcapable))
    (call $expect (i32.const 26) (call $chdir (i32.const 1168) (i32.const 4)) (global.get $notcapable))
    (call $expect (i32.const 27) (call $chdir (i32.const 1216) (i32.const 11)) (global.get $notcapable))
    (call $expect (i32.const 28) (call $chdir (i32.const 1264) (i32.const 5)) (global.get $noent))
    (call $expect (i32.const 29) (call $chdir (i32.const 1280) (i32.const 4)) (global.get $noent))
    (call $expect (i32.const 30) (call $chdir (i32.const 1296) (i32.const 15)) (global.get $noent))
    (call $expect (i32.const 31) (call $chdir (i32.const 1312) (i32.const 21)) (global.get $notcapable))
    (call $expect (i32.const 32) (call $chdir (i32.const 1232) (i32.const 3)) (global.get $inval))
    (call $expect (i32.const 33) (call $chdir (i32.const 1248) (i32.const 1)) (global.get $ilseq))
    (call $expect (i32.const 34) (call $chdir (i32.const 65535) (i32.const 2)) (global.get $fault))
    (call $expect (i32.const 35) (call $chdir (i32.const -1) (i32.const -1)) (global.get $fault))
    (memory.fill (i32.const 8192) (i32.const 0x61) (i32.const 5000))
    (call $expect (i32.const 36) (call $chdir (i32.const 8192) (i32.const 4096)) (global.get $nametoolong))
    (call $expect (i32.const 37) (call $chdir (i32.const 8192) (i32.const 4095)) (global.get $nametoolong))
    (call $expect (i32.const 38) (call $chdir (i32.const 8192) (i32.const 300)) (global.get $nametoolong))
    (call $print)

    ;; Too little room, none, and memory to its last byte.
    (i32.store (i32.const 0) (i32.const 8))
    (call $expect (i32.const 50) (call $getcwd (i32.const 2048) (i32.const 0)) (global.get $range))
    (call $expect (i32.const 51) (i32.load (i32.const 0)) (i32.const 9))
    (i32.store (i32.const 0) (i32.const 1000))
    (call $expect (i32.const 52) (call $getcwd (i32.const 0) (i32.const 0)) (global.get $range))
    (call $expect (i32.const 53) (i32.load (i32.const 0)) (i32.const 9))
    (i32.store (i32.const 0) (i32.const 0))
    (call $expect (i32.const 54) (call $getcwd (i32.const 0) (i32.const 0)) (global.get $range))
    (i32.store (i32.const 0) (i32.const 0))
    (call $expect (i32.const 55) (call $getcwd (i32.const 2048) (i32.const 0)) (global.get $inval))
    (i32.store (i32.const 0) (i32.const 9))
    (call $expect (i32.const 56) (call $getcwd (i32.const 65527) (i32.const 0)) (global.get $success))
    (call $expect (i32.const 57) (i32.load8_u (i32.const 65534)) (i32.const 0x62 (; b ;)))
    (call $expect (i32.const 58) (i32.load8_u (i32.const 65535)) (i32.const 0))
    (i32.store (i32.const 0) (i32.const 9))
    (call $expect (i32.const 59) (call $getcwd (i32.const 65528) (i32.const 0)) (global.get $fault))
    (i32.store (i32.const 0) (i32.const 1000))
    (call $expect (i32.const 60) (call $getcwd (i32.const 65527) (i32.const 0)) (global.get $fault))
    (i32.store (i32.const 0) (i32.const -1))
    (call $expect (i32.const 61) (call $getcwd (i32.const 2048) (i32.const 0)) (global.get $fault))
    (call $expect (i32.const 62) (call $getcwd (i32.const 2048) (i32.const 65533)) (global.get $fault))
    (call $expect (i32.const 63) (call $getcwd (i32.const 2048) (i32.const -1)) (global.get $fault))))
;;| /
;;| /dir
;;| /dir/sub
;;| /dir
;;| /dir/sub
;;| /dir
;;| /data/other/in
;;| /data/other
;;| /
;;| /dir/sub
;;| /dir/sub
