// Go's net/http: as many goroutines as workers take URLs from one channel.
// Arguments: WORKERS and a file with one URL a line.
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"sync"
)

func download(client *http.Client, url string) {
	response, err := client.Get(url)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		log.Fatal(url, ": ", response.Status)
	}
	fmt.Printf("%s: %d, %d bytes\n", url, response.StatusCode, len(body))
}

func main() {
	workers, err := strconv.Atoi(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	file, err := os.Open(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	// By default no more than 2 connections to one host are kept for the next page.
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns = workers
	transport.MaxIdleConnsPerHost = workers
	client := &http.Client{Transport: transport}

	urls := make(chan string)
	var group sync.WaitGroup
	for worker := 0; worker < workers; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for url := range urls {
				download(client, url)
			}
		}()
	}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		urls <- lines.Text()
	}
	close(urls)
	group.Wait()
}
