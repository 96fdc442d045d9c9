// PocketBase with one collection of articles, as durable as we are: every commit waits for the disk.
// pocketbase FOLDER ADDRESS RECORDS: prints an administrator's token, makes the records, serves.
package main

import (
	"fmt"
	"log"
	"os"
	"strconv"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func connect(path string) (*dbx.DB, error) {
	return dbx.Open("sqlite", path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"+
		"&_pragma=journal_size_limit(200000000)&_pragma=foreign_keys(ON)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32000)")
}

func articles(app core.App) *core.Collection {
	collection := core.NewBaseCollection("articles")
	for _, name := range []string{"code", "headline", "medium", "topic", "published_on"} {
		collection.Fields.Add(&core.TextField{Name: name, Required: true})
	}
	collection.AddIndex("articles_code", true, "code", "")
	if err := app.Save(collection); err != nil {
		log.Fatal(err)
	}
	return collection
}

func fill(app core.App, collection *core.Collection, count int) error {
	return app.RunInTransaction(func(transaction core.App) error {
		for i := 0; i < count; i++ {
			record := core.NewRecord(collection)
			record.Set("code", fmt.Sprintf("S%07d", i))
			record.Set("headline", fmt.Sprintf("送温暖走基层（之%d）", i))
			record.Set("medium", "工人日报")
			record.Set("topic", "other")
			record.Set("published_on", "2020-01-15")
			if err := transaction.Save(record); err != nil {
				return err
			}
			fmt.Fprintln(os.Stderr, record.Id)
		}
		return nil
	})
}

func token(app core.App) (string, error) {
	collection, err := app.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	if err != nil {
		return "", err
	}
	admin := core.NewRecord(collection)
	admin.SetEmail("admin@example.org")
	admin.SetPassword("a long enough passphrase")
	if err := app.Save(admin); err != nil {
		return "", err
	}
	return admin.NewAuthToken()
}

func main() {
	folder, address := os.Args[1], os.Args[2]
	count, _ := strconv.Atoi(os.Args[3])
	os.Args = []string{os.Args[0], "serve", "--http=" + address}
	app := pocketbase.NewWithConfig(pocketbase.Config{DefaultDataDir: folder, DBConnect: connect, HideStartBanner: true})
	app.OnServe().BindFunc(func(event *core.ServeEvent) error {
		if err := fill(event.App, articles(event.App), count); err != nil {
			return err
		}
		text, err := token(event.App)
		if err != nil {
			return err
		}
		fmt.Println(text)
		return event.Next()
	})
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
