// Arguments, environment, files, time, random numbers, goroutines with channels, a map, and the exit status, in Go.
package main

import (
	"bufio"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
	"sync"
	"time"
)

func main() {
	for i, argument := range os.Args[1:] {
		fmt.Printf("argument %d: [%s]\n", i+1, argument)
	}
	environment := os.Environ()
	sort.Strings(environment)
	fmt.Println("environment:", strings.Join(environment, " "))

	must(os.MkdirAll("/work/sub", 0o777))
	must(os.WriteFile("/work/sub/a.txt", []byte("one\ntwo\nthree\n"), 0o666))
	file, err := os.Open("/work/sub/a.txt")
	must(err)
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fmt.Println("line:", lines.Text())
	}
	file.Close()
	must(os.Rename("/work/sub/a.txt", "/work/b.txt"))
	entries, err := os.ReadDir("/work")
	must(err)
	for _, entry := range entries {
		fmt.Println("entry:", entry.Name(), entry.IsDir())
	}
	_, err = os.Open("/work/none")
	fmt.Println("missing:", os.IsNotExist(err))
	must(os.RemoveAll("/work"))

	begin := time.Now()
	time.Sleep(3 * time.Millisecond)
	fmt.Println("slept:", time.Since(begin) >= 3*time.Millisecond, "year:", begin.Year() >= 2026)
	var a, b [16]byte
	rand.Read(a[:])
	rand.Read(b[:])
	fmt.Println("random:", a != b)

	results := make(chan int)
	var group sync.WaitGroup
	for worker := 0; worker < 8; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			sum := 0
			for i := 0; i < 100000; i++ {
				sum += i % (worker + 1)
			}
			results <- sum
		}()
	}
	go func() { group.Wait(); close(results) }()
	total := 0
	for sum := range results {
		total += sum
	}
	text, err := json.Marshal(map[string]any{"total": total, "workers": 8})
	must(err)
	fmt.Println(string(text))

	defer func() {
		fmt.Println("recovered:", recover())
		os.Exit(7)
	}()
	var missing map[string]int
	missing["x"] = 1
}

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
