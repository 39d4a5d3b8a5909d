package main

import (
	"errors"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// root is the top of the project.
const root = "../.."

// output is what a command prints when it is run at the top of the project.
func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = root
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, exit.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// layers are the folders at the top, each of which may import itself and those before it.
var layers = []string{"events", "projections", "ledger", "cmd"}

func layer(path string) int {
	rest, ok := strings.CutPrefix(path, "sijil/")
	if !ok {
		return -1
	}
	first, _, _ := strings.Cut(rest, "/")
	return slices.Index(layers, first)
}

// The folders are the architecture: imports point one way, the ledger's core knows none of what it
// can be put on, and NATS is spoken in two places of the ledger and in cmd.
func TestArrows(t *testing.T) {
	list := output(t, "go", "list", "-f", `{{.ImportPath}}|{{join .Imports " "}}|{{join .TestImports " "}} {{join .XTestImports " "}}`, "./...")
	for line := range strings.Lines(strings.TrimSpace(list)) {
		fields := strings.Split(strings.TrimSpace(line), "|")
		path, imports, tests := fields[0], strings.Fields(fields[1]), strings.Fields(fields[2])
		own := layer(path)
		if own < 0 {
			t.Errorf("%s is in none of %v: move it into one", path, layers)
			continue
		}
		for _, i := range imports {
			switch {
			case strings.HasPrefix(i, "sijil/") && layer(i) > own:
				t.Errorf("%s imports %s, against the arrows %s: move what it needs down, or let the upper one hand it in as an interface",
					path, i, strings.Join(layers, " ← "))
			case path == "sijil/ledger" && strings.HasPrefix(i, "sijil/ledger/"):
				t.Errorf("the core %s imports %s: state what it needs as an interface beside its use", path, i)
			case strings.HasPrefix(i, "github.com/nats-io/") && !speaksNATS(path):
				t.Errorf("%s imports %s: only ledger/jetstream, ledger/embedded and cmd speak NATS; use ledger.Log or projections.Source", path, i)
			}
		}
		for _, i := range tests { // a test may use the kits of its own layer
			if strings.HasPrefix(i, "sijil/") && layer(i) > own {
				t.Errorf("the tests of %s import %s, against the arrows %s: move the test up, to where both are known",
					path, i, strings.Join(layers, " ← "))
			}
		}
	}
}

func speaksNATS(path string) bool {
	return path == "sijil/ledger/jetstream" || path == "sijil/ledger/embedded" || strings.HasPrefix(path, "sijil/cmd/")
}

// files are the project's files, from the top: those that git knows, or all where there is no git.
func files(t *testing.T) (names []string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root, ".git")); err == nil {
		if git, err := exec.LookPath("git"); err == nil {
			return strings.Split(strings.Trim(output(t, git, "ls-files", "-z"), "\x00"), "\x00")
		}
	}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && name != "." && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// The top of the project holds what a newcomer is to see first, and no more.
func TestTopLevel(t *testing.T) {
	allowed := append([]string{"go.mod", "go.sum", "README.md", "LICENSE", "CHANGELOG.md"}, layers...)
	seen := map[string]bool{}
	for _, name := range files(t) {
		top, _, _ := strings.Cut(name, "/")
		if seen[top] || strings.HasPrefix(top, ".") {
			continue
		}
		seen[top] = true
		if !slices.Contains(allowed, top) {
			t.Errorf("%s is at the top of the project: move it into %s, or remove it", top, strings.Join(layers, ", "))
		}
	}
	for _, name := range layers {
		if !seen[name] {
			t.Errorf("no files in %s: is this test run in the project, with its files added to git?", name)
		}
	}
}

// A folder is named by its one idea.
func TestNoPackageIsUtil(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range files(t) {
		for dir := filepath.Dir(name); dir != "." && !seen[dir]; dir = filepath.Dir(dir) {
			seen[dir] = true
			if slices.Contains([]string{"util", "utils", "common", "types", "models", "helpers"}, filepath.Base(dir)) {
				t.Errorf("%s: name the folder by what it does, or put each part where it is used", dir)
			}
		}
	}
}

// Whoever reads a package's documentation finds a sentence about everything in it.
func TestEveryExportedNameIsDocumented(t *testing.T) {
	packages := map[string][]string{}
	for _, name := range files(t) {
		dir := filepath.Dir(name)
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") &&
			!slices.Contains(strings.Split(dir, "/"), "internal") && !slices.Contains(strings.Split(dir, "/"), "testdata") {
			packages[dir] = append(packages[dir], name)
		}
	}
	if len(packages) == 0 {
		t.Fatal("no packages: is this test run in the project, with its files added to git?")
	}
	for dir, names := range packages {
		d := documented{t: t, set: token.NewFileSet()}
		about := 0
		for _, name := range names {
			f, err := parser.ParseFile(d.set, filepath.Join(root, name), nil, parser.ParseComments|parser.SkipObjectResolution)
			if errors.Is(err, fs.ErrNotExist) {
				continue // removed, and git does not know yet
			}
			if err != nil {
				t.Fatal(err)
			}
			if f.Doc != nil {
				about++
			}
			d.file(f)
		}
		if about != 1 {
			t.Errorf("%s has %d package comments: write one, with its purpose, its nouns, an example and its caveats", dir, about)
		}
	}
}

// documented looks at the exported names of a package.
type documented struct {
	t   *testing.T
	set *token.FileSet
}

func (d documented) file(f *ast.File) {
	if f.Name.Name == "main" {
		return // exports nothing
	}
	for _, decl := range f.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Name.IsExported() && exportedReceiver(decl) {
				d.begins(decl.Name, decl.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if spec.Name.IsExported() {
						d.begins(spec.Name, either(spec.Doc, decl.Doc))
						d.methods(spec.Type)
					}
				case *ast.ValueSpec: // a group may have one comment for all
					for _, name := range spec.Names {
						switch {
						case !name.IsExported():
						case decl.Lparen.IsValid():
							d.says(name, either(spec.Doc, either(spec.Comment, decl.Doc)))
						default:
							d.begins(name, either(spec.Doc, decl.Doc))
						}
					}
				}
			}
		}
	}
}

// methods of an interface, where there are several, each say what they do, or stand right below one
// that says it for both; a single one is said with its type.
func (d documented) methods(typ ast.Expr) {
	face, ok := typ.(*ast.InterfaceType)
	if !ok || len(face.Methods.List) < 2 {
		return
	}
	said := 0 // the last line that has a comment, or stands below such a one
	for _, m := range face.Methods.List {
		line := d.set.Position(m.Pos()).Line
		if m.Doc != nil || m.Comment != nil || said > 0 && line == said+1 {
			said = line
			continue
		}
		for _, name := range m.Names {
			d.says(name, nil)
		}
	}
}

// either is a, or else b.
func either(a, b *ast.CommentGroup) *ast.CommentGroup {
	if a != nil {
		return a
	}
	return b
}

// says checks that there is a comment.
func (d documented) says(name *ast.Ident, c *ast.CommentGroup) bool {
	if strings.TrimSpace(c.Text()) == "" {
		d.t.Errorf("%v: %s has no comment: say what it promises", d.set.Position(name.Pos()), name.Name)
		return false
	}
	return true
}

// begins checks that there is a comment, and that it begins as Go's do. Methods that make an error an
// error, and a type what fmt or sort want, need none.
func (d documented) begins(name *ast.Ident, c *ast.CommentGroup) {
	if c == nil && slices.Contains([]string{"Error", "Unwrap", "Is", "Len", "Less", "Swap"}, name.Name) || !d.says(name, c) {
		return
	}
	first := strings.FieldsFunc(new(doc.Package).Synopsis(c.Text()), func(r rune) bool { return strings.ContainsRune(" ,.:;'’()", r) })
	if len(first) == 0 || !slices.Contains([]string{name.Name, "A", "An", "The"}, first[0]) {
		d.t.Errorf("%v: the comment on %s begins with neither its name nor an article: %q", d.set.Position(name.Pos()), name.Name, new(doc.Package).Synopsis(c.Text()))
	}
}

// exportedReceiver reports whether a function has no receiver, or one of an exported type.
func exportedReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	typ := f.Recv.List[0].Type
	for {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
		case *ast.IndexExpr:
			typ = x.X
		case *ast.IndexListExpr:
			typ = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}
