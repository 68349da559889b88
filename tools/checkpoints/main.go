// Command checkpoints reads test vectors of Firebreak's logs (vectors/log) and says for each whether
// golang.org/x/mod/sumdb accepts it. Tree hashes, proofs, tiles and signed notes are the library's;
// nothing here computes a Merkle hash or verifies a signature by itself.
//
// Built without network from Debian's packages golang-go and golang-golang-x-mod-dev:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build -o checkpoints main.go
//
// Run as: checkpoints FILE.json ...
//
// For each vector a line goes out: accepted or refused, its file, and why. The exit code is 1 if an
// answer is not the one that the vector expects, 2 for a file that is no vector.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A hexBytes is a byte string written in hexadecimal digits.
type hexBytes []byte

func (b *hexBytes) UnmarshalJSON(data []byte) error {
	var digits string
	if err := json.Unmarshal(data, &digits); err != nil {
		return err
	}
	decoded, err := hex.DecodeString(digits)
	*b = decoded
	return err
}

// A vector is one file of vectors/log; which fields it has depends on its level.
type vector struct {
	Level  string
	Expect struct{ Sumdb string }

	Origin string   // checkpoint, proof
	Key    hexBytes // checkpoint, proof: the log's Ed25519 key
	Note   hexBytes // checkpoint
	Record hexBytes // proof
	File   hexBytes // proof

	Index int64    // inclusion
	Size  int64    // inclusion, tiles
	Entry hexBytes // inclusion: the commitment that the leaf is over
	Root  hexBytes // inclusion, tiles

	Size1, Size2 int64      // consistency
	Root1, Root2 hexBytes   // consistency
	Hashes       []hexBytes // inclusion, consistency

	Tiles map[string]hexBytes // tiles: content by path
	Path  string              // path
}

const tileHeight = 8

func main() {
	code := 0
	for _, name := range os.Args[1:] {
		data, err := os.ReadFile(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		vectors, err := parse(data)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: no vector: %v\n", name, err)
			os.Exit(2)
		}
		for _, v := range vectors {
			verdict, why := "accepted", error(nil)
			if why = check(v); why != nil {
				verdict = "refused"
			}
			fmt.Printf("%s\t%s\t%v\n", verdict, name, why)
			if verdict != v.Expect.Sumdb {
				code = 1
			}
		}
	}
	os.Exit(code)
}

// parse reads one vector, or an array of them.
func parse(data []byte) ([]vector, error) {
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		var many []vector
		return many, json.Unmarshal(data, &many)
	}
	one := make([]vector, 1)
	return one, json.Unmarshal(data, &one[0])
}

func check(v vector) error {
	switch v.Level {
	case "checkpoint":
		_, err := openNote(v.Note, v.Origin, ed25519.PublicKey(v.Key))
		return err
	case "inclusion":
		return checkInclusion(v.Index, v.Size, v.Entry, v.Root, v.Hashes)
	case "consistency":
		return checkConsistency(v)
	case "proof":
		return checkProofFile(v)
	case "tiles":
		return checkTiles(v)
	case "path":
		_, err := parsePath(v.Path)
		return err
	}
	return fmt.Errorf("no such level: %q", v.Level)
}

// openNote verifies a checkpoint and returns its tree. C2SP's text has the origin where the one of
// the Go checksum database has a fixed line; all else is the same, so the library reads it.
func openNote(message []byte, origin string, key ed25519.PublicKey) (tlog.Tree, error) {
	encoded := base64.StdEncoding.EncodeToString(append([]byte{1}, key...))
	hash := sha256.Sum256(append([]byte(origin+"\n\x01"), key...))
	id := binary.BigEndian.Uint32(hash[:])
	verifier, err := note.NewVerifier(fmt.Sprintf("%s+%08x+%s", origin, id, encoded))
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(message, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	if !strings.HasPrefix(opened.Text, origin+"\n") {
		return tlog.Tree{}, errors.New("the checkpoint is of another log")
	}
	text := "go.sum database tree\n" + strings.TrimPrefix(opened.Text, origin+"\n")
	return tlog.ParseTree([]byte(text))
}

func hashOf(data []byte) (tlog.Hash, error) {
	var hash tlog.Hash
	if len(data) != tlog.HashSize {
		return hash, fmt.Errorf("a hash of %d bytes", len(data))
	}
	copy(hash[:], data)
	return hash, nil
}

func hashesOf(list []hexBytes) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, data := range list {
		hash, err := hashOf(data)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

func checkInclusion(index, size int64, entry, root []byte, list []hexBytes) error {
	want, err := hashOf(root)
	if err != nil {
		return err
	}
	hashes, err := hashesOf(list)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(hashes, size, want, index, tlog.RecordHash(entry))
}

func checkConsistency(v vector) error {
	first, err := hashOf(v.Root1)
	if err != nil {
		return err
	}
	second, err := hashOf(v.Root2)
	if err != nil {
		return err
	}
	hashes, err := hashesOf(v.Hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(hashes, v.Size2, second, v.Size1, first)
}

// checkProofFile reads a C2SP tlog-proof whose extra is the salt of the record's commitment.
func checkProofFile(v vector) error {
	above, message, found := strings.Cut(string(v.File), "\n\n")
	lines := strings.Split(above, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("no proof file")
	}
	salt, err := base64.StdEncoding.Strict().DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil || !strings.HasPrefix(lines[1], "extra ") {
		return errors.New("a proof file without its salt")
	}
	number := strings.TrimPrefix(lines[2], "index ")
	index, err := strconv.ParseInt(number, 10, 64)
	if err != nil || "index "+strconv.FormatInt(index, 10) != lines[2] {
		return errors.New("a proof file without its index")
	}
	var hashes []hexBytes
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		hashes = append(hashes, hash[:])
	}
	tree, err := openNote([]byte(message), v.Origin, ed25519.PublicKey(v.Key))
	if err != nil {
		return err
	}
	entry := sha256.Sum256(bytes.Join([][]byte{[]byte("firebreak commitment\x00"), salt, v.Record}, nil))
	return checkInclusion(index, tree.N, entry[:], tree.Hash[:], hashes)
}

// parsePath reads a path of C2SP tlog-tiles, which leaves out the height that the library's has.
func parsePath(path string) (tlog.Tile, error) {
	rest := strings.TrimPrefix(path, "tile/")
	if rest == path {
		return tlog.Tile{}, errors.New("no path of a tile")
	}
	return tlog.ParseTilePath(fmt.Sprintf("tile/%d/%s", tileHeight, rest))
}

// files are the tiles of one log, as the library asks for them.
type files map[string]hexBytes

func (files) Height() int { return tileHeight }

func (files) SaveTiles([]tlog.Tile, [][]byte) {}

func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var contents [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
		content, held := f[path]
		if !held {
			return nil, fmt.Errorf("no %s", path)
		}
		contents = append(contents, content)
	}
	return contents, nil
}

// checkTiles reads every leaf hash through the tiles, which the library holds against the root.
func checkTiles(v vector) error {
	root, err := hashOf(v.Root)
	if err != nil {
		return err
	}
	for path := range v.Tiles {
		if _, err := parsePath(path); err != nil {
			return err
		}
	}
	var wanted []int64
	for n := int64(0); n < v.Size; n++ {
		wanted = append(wanted, tlog.StoredHashIndex(0, n))
	}
	reader := tlog.TileHashReader(tlog.Tree{N: v.Size, Hash: root}, files(v.Tiles))
	_, err = reader.ReadHashes(wanted)
	return err
}
