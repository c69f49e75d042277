"""The hand-made cases: configuration files, environments, and what is asked.

A case is a dict: name, files (path to text; None makes a directory), env,
section, option, method (get, getboolean, getint or path), hangs (Airflow never
answers). "{tmp}" in the environment is the directory that holds the files,
which is the working directory as well. Text that is no UTF-8 is bytes.
"""

OURS = "openmetadata_secrets_manager"
S = f"[{OURS}]\n"
ENV = {
    "HOME": "/h",
    "AIRFLOW_HOME": "{tmp}",
    "FOO": "foo",
    "BAR": "b$FOO",
    "NEST": "$BAR",
    "TILDE": "~",
    "EMPTY": "",
    "PCT": "5%x%%",
    "1": "one",
    "FOO-x": "odd",
    "SELF": "$SELF",
    "A1": "$B1",
    "B1": "$A1",
    "GROW": "y$GROW",
}
CASES = []


def add(name, files, env=None, section=OURS, option="a", method="get", hangs=False):
    CASES.append({
        "name": name, "files": files, "env": {**ENV, **(env or {})},
        "section": section, "option": option, "method": method, "hangs": hangs,
    })


def cfg(name, text, options="a", **rest):
    """Ask for several one-letter options of one file."""
    for option in options:
        add(f"{name}/{option}", {"airflow.cfg": text}, option=option, **rest)


def env(name, value, method="get", **rest):
    """Ask for an option that only a variable sets."""
    add(f"{method}/{name}", {}, {f"AIRFLOW__{OURS.upper()}__A": value}, method=method, **rest)


# Interpolation.
cfg("lone percent", S + "a = 50%")
cfg("double percent", S + "a = 50%%", "abc")
cfg("percent and dollar", S + "a = %%s$HOME2\nb=%%(b)s", "ab")
cfg("reference", S + "a = x%(b)sy\nb = B", "ab")
cfg("reference to default", "[DEFAULT]\nb=dd\n" + S + "a = x%(b)sy", "ab")
cfg("reference keeps case", S + "a = %(B)s\nb=1", "ab")
cfg("reference to itself", S + "a = %(a)s")
cfg("reference in a circle", S + "a = %(b)s\nb = %(a)s", "ab")
cfg("one bad option", S + "a = ok\nb = 5%x", "ab")
cfg("reference to bad option", S + "a = %(b)s\nb = 5%x", "ab")
cfg("percent paren", S + "a = %(b\nb = %()s\nc = %(b)d", "abc")
cfg("percent at the end", S + "a = %%%\nb = %%%%\nc = %%%%%", "abc")
cfg("ten deep", S + "a = %(k2)s\n" + "".join(f"k{i} = %(k{i+1})s\n" for i in range(2, 10)) + "k10 = end", "a")
cfg("ten deep with percent", S + "a = %(k2)s\n" + "".join(f"k{i} = %(k{i+1})s\n" for i in range(2, 10)) + "k10 = %%", "a")
cfg("eleven deep", S + "a = %(k2)s\n" + "".join(f"k{i} = %(k{i+1})s\n" for i in range(2, 11)) + "k11 = %%", "a")
cfg("eleven deep and plain", S + "a = %(k2)s\n" + "".join(f"k{i} = %(k{i+1})s\n" for i in range(2, 11)) + "k11 = end", "a")
cfg("reference to odd names", S + "a = %(x y)s%(k-1)s%(k.2)s\nx y = 1\nk-1 = 2\nk.2 = 3")
cfg("reference to other section", "[core]\nz = 1\n" + S + "a = %(z)s")
cfg("reference over lines", S + "a = %(b\n  )s\nb = 1", "ab")
cfg("reference to multi-line", S + "a = <%(b)s>\nb = 1\n  2", "ab")
cfg("reference twice", S + "a = %(b)s%(b)s%(c)s\nb = %(c)s-\nc = !", "abc")
cfg("reference to empty", S + "a = [%(b)s]\nb =", "ab")
cfg("reference to a variable's name", S + "a = %(FOO)s%(HOME)s")
cfg("env beats a bad percent", S + "a = 5%", env={"AIRFLOW__OPENMETADATA_SECRETS_MANAGER__A": "5%"})
cfg("reference ignores env", S + "a = %(b)s\nb = file", "ab", env={"AIRFLOW__OPENMETADATA_SECRETS_MANAGER__B": "env"})
cfg("default refers to section", "[DEFAULT]\na = %(b)s\n" + S + "b = mine")
cfg("dollar makes a reference", S + "a = $PCT\nb = %%$FOO%%(b)s\nc = %%(${FOO})s", "abc")
cfg("interpolate then expand", S + "a = %%$FOO%%(b)s\nb=$BAR", "ab")
cfg("reference then expand", S + "a = %%$FOO%(b)s\nb=$BAR", "ab")
cfg("reference builds a variable", S + "a = $%(b)s\nb = FOO\nc = ${%(b)s}", "abc")
cfg("reference builds a home", S + "a = %(b)s/x\nb = ~", "ab")

# Comments, quotes and delimiters.
cfg("no inline comments", S + "a = v # c\nb = v#c ; d", "ab")
cfg("quotes stay", S + "a = \"v\"\nb = 'v'\nc = \"v", "abc")
cfg("delimiters", S + "a: v\nb : x=y\nc=x:y", "abc")
cfg("delimiter first wins", S + "a=:v\nb:=v\nc==v", "abc")
cfg("empty values", S + "a =\nb=\nc=   ", "abc")
cfg("comment signs as values", S + "a = ;x\nb = #y\nc = x;y", "abc")
cfg("comment lines", "# a\n; b\n" + S + "# a = 0\n;a = 0\n  # x\na = 1\n  ; b = 2\nb = 3", "ab")
cfg("comment has no space", S + "#a = 0\n;b = 1\nc = 2", "abc")
cfg("rem is a key", S + "rem a = 1\nb = 2", "ab")
cfg("backslash", S + "a = x\\\nb=2", "ab")
cfg("backticks", S + "a = `x`\nb=`y\nc=3", "abc")
cfg("triple quote", S + 'a = """x\nb=2', "ab")
cfg("quoted key", S + '"a" = 1\na=2')
cfg("quoted key only", S + '"a" = 1')
cfg("key with blanks", S + "a b = 1\na = 2")
cfg("dash key", S + "- = 1\na = 2")
cfg("key is upper case", S + "A=1")
cfg("both cases", S + "A=1\na=2")
cfg("asked in upper case", S + "a=1", "A")
cfg("blanks around", S + "a   =   v w   \nb\t=\tx\t", "ab")
cfg("json value", S + 'a = {"x": "y", "z": [1, 2]}')
cfg("json over lines", S + 'a = {\n    "x": 1,\n    "y": "z"\n    }\nb = 2', "ab")
cfg("json closed at column one", S + 'a = {\n    "x": 1\n}\nb = 2', "ab")
cfg("private key indented", S + "a = -----BEGIN KEY-----\n  abc+/=\n  def==\n  -----END KEY-----\nb = 1", "ab")
cfg("private key with escapes", S + "a = -----BEGIN KEY-----\\nabc=\\n-----END KEY-----\\n")
cfg("url value", S + "a = https://user:pa=ss@host:8200/x?y=z#frag")
cfg("brackets in value", S + "a = [x]\nb = [", "ab")
cfg("export is a key", S + "export a = 1\nb = 2", "ab")

# Fatal files.
cfg("bare key", S + "a")
cfg("bare words", S + "a v")
cfg("bare then good", S + "a\nb=1", "ab")
cfg("no name", S + "= 1")
cfg("no name colon", S + ": 1")
cfg("no name twice", S + "= 1\n: 2")
cfg("no name ends a value", S + "a=1\n= 2\n  b=1\n  b=2")
cfg("bare word does not end a value", S + "a=1\nbare\n  b=1\n  b=2")
cfg("rem comment", S + "rem a")
cfg("duplicate option", S + "a=1\na=2")
cfg("duplicate option elsewhere", S + "a=1\n[core]\nx=1\nx=1")
cfg("duplicate option spaced", S + "a=1\na : 1")
cfg("duplicate after bare", S + "bare\na=1\na=2")
cfg("duplicate hidden by continuation", S + "a=1\n a=2", "a")
cfg("duplicate over sections", S + "a=1\n[core]\na=2")
cfg("duplicate section", S + "a=1\n[core]\n" + S + "b=2")
cfg("duplicate other section", "[core]\n[core]\n" + S + "a=1")
cfg("duplicate in default", "[DEFAULT]\na=1\n[DEFAULT]\na=2\n" + S + "b=1")
cfg("default twice", "[DEFAULT]\na=1\n[DEFAULT]\nb=2\n" + S + "c=3", "abc")
cfg("before any header", "a=1\n" + S + "b=2", "ab")
cfg("word before any header", "bare\n" + S + "b=2")
cfg("empty header", "[]\n" + S + "a=1")
cfg("open header", "[core\n" + S + "a=1")
cfg("open header later", S + "a=1\n[core\n")
cfg("empty header later", S + "a=1\n[]\n")
cfg("empty header with equals", S + "a=1\n[]=2\n")
cfg("bom", b"\xef\xbb\xbf" + S.encode() + b"a=1")
cfg("bom and comment", b"\xef\xbb\xbf# c\n" + S.encode() + b"a=1")
cfg("bom and blank line", b"\xef\xbb\xbf\n" + S.encode() + b"a=1")
cfg("bom later", S + "\ufeffa = 1\na = 2")
cfg("latin-1", S.encode() + b"a = \xff")
cfg("latin-1 in a comment", b"# caf\xe9\n" + S.encode() + b"a = 1")
cfg("utf-16", S.encode("utf-16") + "a = 1".encode("utf-16-le"))
cfg("surrogate", S.encode() + b"a = \xed\xa0\x80")
cfg("overlong", S.encode() + b"a = \xc0\xaf")
cfg("cut short", S.encode() + b"a = \xe2\x82")
cfg("bad indentation", S + "    a = 1\n      2\n    3\nb=1")

# Continuation lines.
cfg("continuation", S + "a = 1\n   2\n\t3\nb=4", "ab")
cfg("blank line goes on", S + "a = 1\n\n   b = 2\nc=3", "abc")
cfg("comments inside", S + "a = 1\n# x\n   2\n  ; y\n   3\n   #z\nb=4", "ab")
cfg("empty first line", S + "a =\n   x\n   y\n\n\nb=4", "ab")
cfg("blank lines kept", S + "a = 1\n\n\n  2\n\n  3\n", "a")
cfg("indented keys", S + "  a = 1\n  b = 2\nc = 3", "abc")
cfg("uneven keys", S + "  a = 1\n    b = 2\n c = 3", "abc")
cfg("indent shrinks and grows", S + "    a = 1\n  b = 2\n    c = 3", "abc")
cfg("comment then key", S + "a = 1\n    # c\nb = 2\n", "ab")
cfg("comment then deeper key", S + "a = 1\n    # c\n    b = 2\n", "ab")
cfg("only blanks at the end", S + "a = 1\n   \n\t\n\n")
cfg("tab counts one", S + "\ta = 1\n  b = 2\n", "ab")
cfg("equal tab and blank", S + "\ta = 1\n b = 2\n", "ab")
cfg("continued bare word", S + "a = 1\n  bare\nb = 2", "ab")
cfg("continuation after header", S + "  a = 1", "a")
cfg("header swallowed", S + "a = 1\n [core]\n b = 2\nc = 3", "abc")
cfg("header indented first", " " + S + "a = 1")
cfg("our header swallowed", "[core]\nx=1\n " + S + " a=1")
cfg("header after header indented", "[core]\n   " + S + "a=1")
cfg("continuation of other section", "[core]\nx = 1\n" + S + "  a = 2\n  b = 3", "ab")
cfg("continuation needs a key", S + "  # c\n  a = 1\n    2\n  b = 3", "ab")
cfg("value dedents to zero", S + " a = 1\nb = 2\n c = 3", "abc")
cfg("continuation by no-break space", S + "a = 1\n\u00a02\nb = 3", "ab")
cfg("continuation by wide blank", S + "a = 1\n\u30002\nb = 3", "ab")
cfg("indentation counts characters", S + "\u00a0a = 1\n  b = 2\nc = 3", "abc")
cfg("zero width is text", S + "a = 1\n\u200bb = 2\n", "ab")
cfg("no newline at the end", S + "a = 1\n  2")
cfg("key with continuation only", S + "a:\n  - x\n  - y\nb = 1", "ab")

# Sections.
cfg("header with note", S.strip() + " # note\na=1")
cfg("header with key", S.strip() + " a=2\na=1")
cfg("header with blanks", f"[ {OURS} ]\na=1")
cfg("header in upper case", S.upper() + "a=1")
cfg("header in brackets", f"[[{OURS}]]\na=1")
cfg("header with a bracket inside", "[a]b]\na=1", section="a]b")
cfg("header to the last bracket", f"[{OURS}] # [note]\na=1")
cfg("our section is missing", "[DEFAULT]\na=1\n[core]\nx=1")
cfg("our section is empty", "[DEFAULT]\na=1\n" + S)
cfg("section beats default", "[DEFAULT]\na=1\nb=2\n" + S + "a=3", "ab")
cfg("empty beats default", "[DEFAULT]\na=1\n" + S + "a=")
cfg("default after us", S + "b=1\n[DEFAULT]\na=2", "ab")
cfg("default in lower case", "[default]\na=1\n" + S + "b=2", "ab")
cfg("default with blanks", "[ DEFAULT ]\na=1\n" + S + "b=2", "ab")
cfg("section with a colon", f"[{OURS}:eu]\na=1", section=f"{OURS}:eu")
cfg("section with a dot", "[x.y]\na=1", section="x.y")
cfg("dotted sections are apart", "[x]\na=1\n[x.y]\nb=2", "ab", section="x.y")
cfg("section asked in upper case", S + "a=1", section=OURS.upper())
cfg("unknown section", S + "a=1", section="no_such_section")
cfg("empty file", "")
cfg("only comments", "# a = 1\n; b\n\n", "a")
cfg("only our header", S)
cfg("header without newline", S.strip())

# Line ends and odd white space.
cfg("crlf", S.replace("\n", "\r\n") + "a = 1\r\nb = x\r\n  y\r\n", "ab")
cfg("cr", S + "a = 1\rb = 2\r", "ab")
cfg("mixed ends", S + "a = 1\r\r\n  2\n\r  3\r\nb = 4", "ab")
cfg("no-break space around", S + "a = \u00a0v\u00a0\nb\u00a0=\u3000w", "ab")
cfg("form feed and separators", S + "a = x\fy\nb=\x1cz\x1d", "ab")
cfg("next line is no line end", S + "a = x\u0085b = 2\nc = \u0085", "abc")
cfg("line separator is no line end", S + "a = x\u2028b = 2", "ab")
cfg("vertical tab is no line end", S + "a = x\vb = 2", "ab")
cfg("separators indent", S + "a = 1\n\x1c2\n\x1f3\nb = 4", "ab")
cfg("zero width stays", S + "a = \u200bv\u200b\nb = \ufeffw", "ab")
cfg("nul", S + "a = x\x00y\nb = 1", "ab")
cfg("unicode", S + "a = naïve 😀 日本\nb = é", "ab")
cfg("trailing blanks", S + "a = 1 \t \nb = 2\u2003\x1e", "ab")

# Expansion in a file.
cfg("tilde", S + "a = ~\nb = ~/x\nc = ~root", "abc")
cfg("tilde elsewhere", S + "a = x~\nb = \"~/x\"\nc = ~nosuch/x", "abc")
cfg("tilde of a user", S + "a = ~root/x\nb = ~root\\x\nc = ~ root", "abc")
cfg("tilde after lines", S + "a =\n  ~/x\nb = ~\n  x", "ab")
cfg("home is empty", S + "a = ~\nb = ~/x\nc = ~/", "abc", env={"HOME": ""})
cfg("home is root", S + "a = ~\nb = ~/x\nc = ~//x", "abc", env={"HOME": "/"})
cfg("home ends in slashes", S + "a = ~\nb = ~/x", "ab", env={"HOME": "/h//"})
cfg("home is a variable", S + "a = ~\nb = ~/x", "ab", env={"HOME": "/$FOO"})
cfg("self variable", S + "a = $SELF")
cfg("circle", S + "a = $A1\nb = ok", "a", hangs=True)
cfg("circle elsewhere", S + "a = ok\nb = $A1", "a")
cfg("growing", S + "a = $GROW", hangs=True)
cfg("home in itself", S + "a = ~/y", env={"HOME": "~/x"}, hangs=True)
cfg("home is a tilde", S + "a = ~", env={"HOME": "~"})
cfg("empty variable", S + "a = $EMPTY\nb = [$EMPTY]", "ab")
cfg("password with dollar", S + "a = p@$$w0rd\nb = $FOO$\nc = pa$$FOO", "abc")
cfg("expansion gives blanks", S + "a = $PAD", env={"PAD": "  x  "})
cfg("expansion gives lines", S + "a = $PAD\nb = 2", "ab", env={"PAD": "x\nb = 3"})
cfg("long chain", S + "a = $C0", env={f"C{i}": f"$C{i+1}" for i in range(40)} | {"C40": "end"})
cfg("variable over lines", S + "a = ${FOO\n  }\nb = 1", "ab")

# Environment variables: values.
for value in (
    "$FOOx", "${FOO}x", "$$FOO", "\\$FOO", "$1", "${FOO-x}", "$NEST", "$TILDE", "$EMPTY", "$EMPTY/x", "~nosuch", "a~", "%%",
    " pad ", '"q"', "#c", "p@$$w0rd", "", "50%", "%(b)s", "$", "${", "${}", "${FOO", "$FOO-BAR", "$é", "$FOOé", "~", "~/x",
    "~root", "~root/x", "$PCT", "$SELF", "x$FOO$BAR", "${FOO}${FOO}", "$ FOO", "${ FOO}", "$(FOO)", "a\nb", "\t", "=", "~~", "/~",
    "$TILDE/x", "${TILDE}root", "$HOME/x", "%FOO%", "{FOO}", "${FOO}}", "$FOO}", "$_", "$-1",
):
    env(repr(value), value)
env("a circle", "$A1", hangs=True)
env("growing", "$GROW", hangs=True)

# Environment variables: names and precedence.
V = f"AIRFLOW__{OURS.upper()}__"
FILE = {"airflow.cfg": S + "a = file\nb = file\n"}
add("env beats file", FILE, {V + "A": "env"})
add("empty env beats file", FILE, {V + "A": ""})
add("env in lower case is nothing", FILE, {(V + "a").lower(): "env"})
add("env with a lower-case option is nothing", FILE, {V + "a": "env"})
add("env of another option", FILE, {V + "B": "env"})
add("env with one underscore", FILE, {f"AIRFLOW_{OURS.upper()}_A": "env"})
add("env cmd does nothing", {}, {V + "A_CMD": "echo x"})
add("env secret does nothing", {}, {V + "A_SECRET": "x"})
add("env cmd does not beat file", FILE, {V + "A_CMD": "echo x"})
add("env cmd by its own name", {}, {V + "A_CMD": "echo x"}, option="a_cmd")
add("file cmd does nothing", {"airflow.cfg": S + "a_cmd = echo x\na_secret = y\n"})
add("file cmd by its own name", {"airflow.cfg": S + "a_cmd = echo x\n"}, option="a_cmd")
add("dash in option", {}, {V + "A-B": "env"}, option="a-b")
add("dot in option", {}, {V + "A.B": "env"}, option="a.b")
add("dot in option as underscore", {}, {V + "A_B": "env"}, option="a.b")
add("dot in section", {}, {"AIRFLOW__X_Y__A": "env"}, section="x.y")
add("dot in section kept", {}, {"AIRFLOW__X.Y__A": "env"}, section="x.y")
add("dash in section", {}, {"AIRFLOW__X-Y__A": "env"}, section="x-y")
add("colon in section", {}, {V[:-2] + ":EU__A": "env"}, section=f"{OURS}:eu")
add("env without the section", {"airflow.cfg": "[core]\nx=1"}, {V + "A": "env"})
add("env with a blank option", {}, {V + "A B": "env"}, option="a b")
add("env and a broken file", {"airflow.cfg": S + "bare"}, {V + "A": "env"})
add("blank is set", FILE, {V + "A": "  "})

# getboolean and getint, from both sources.
for value in (
    "True", "true ", "T", "1", "true # x", "true#x", "0", "F", "False", "yes", "no", "on", "off", "y", "n", "01", "1.0", '"true"',
    "TRUE ; x", "", "# c", "none", "tRuE", "\ttrue\n", "true\u00a0", "\x1ctrue\x1f", "true##", "t rue", "$BOOL", "-1", "f#t", "2", "１",
):
    env(repr(value), value, "getboolean")
for value in ("True", "f", "true # x", "yes", "", "# c", "%%t", "%(b)s", "5%"):
    cfg(f"getboolean/{value!r}", S + f"a = {value}\nb = 1", method="getboolean")
for value in (
    "5", " 5 ", "+5", "-5", "007", "1_0", "1_2_3", "1__0", "_1", "1_", "5 # x", "", "x", "5.0", "1e3", "5.5", "1E2", ".5", "5.", "0x10", "0b1",
    "1_0.0_0", "1_000_000", "- 5", "+-5", "--5", "1 0", "٣", "１２", "𝟛", "५.०", "½", "²", "5\u00a0", "\u20035", "\x1c5", "5\x1f", "nan",
    "inf", "-Infinity", "1e-3", "1e400", "-0", "0_0", "true", "1,000", "9223372036854775807", "-9223372036854775808", "1e18",
    "0x1p4", "1p3", "1__0.0", "1_e3", "1e_3", "1e1_0", "5\n", "\v5\f", "5l", "5.0f", "1e+2", "00.0", "+.0e1", "_", "1._0", "1_.0",
):
    env(repr(value), value, "getint")
for value in ("5", "5 # x", "", "1_0", "5.0", "%%5", "$NUM"):
    cfg(f"getint/{value!r}", S + f"a = {value}", method="getint", env={"NUM": "~7"})
add("getint of nothing", {}, method="getint")
add("getboolean of nothing", {}, method="getboolean")
add("getint of a bad percent", {"airflow.cfg": S + "a = 5%"}, method="getint")

# Finding the file. The path is asked for as well as what it holds.
HERE, THERE = S + "a = here", S + "a = there"


def find(name, files, variables, unset=(), hangs=False):
    for method in ("path", "get"):
        add(f"find/{name}/{method}", files, variables, method=method, hangs=hangs)
        for variable in unset:
            CASES[-1]["env"].pop(variable, None)


BOTH = {"airflow.cfg": HERE, "other/x.cfg": THERE, "airflow/airflow.cfg": S + "a = home"}
find("home", BOTH, {})
find("home with a slash", BOTH, {"AIRFLOW_HOME": "{tmp}/"})
find("home is not cleaned", BOTH, {"AIRFLOW_HOME": "{tmp}/other/./.."})
find("home is relative", BOTH, {"AIRFLOW_HOME": "other/.."})
find("home is empty", BOTH, {"AIRFLOW_HOME": ""})
find("home is a dot", BOTH, {"AIRFLOW_HOME": "."})
find("home is a variable", BOTH, {"AIRFLOW_HOME": "$WHERE", "WHERE": "{tmp}"})
find("home is a tilde", BOTH, {"AIRFLOW_HOME": "~/", "HOME": "{tmp}"})
find("home by default", BOTH, {"HOME": "{tmp}"}, unset=["AIRFLOW_HOME"])
find("home is undefined", BOTH, {"AIRFLOW_HOME": "$NOPE"})
find("home does not exist", BOTH, {"AIRFLOW_HOME": "{tmp}/nowhere"})
find("home has a blank", {"a b/airflow.cfg": HERE}, {"AIRFLOW_HOME": "{tmp}/a b"})
find("home is itself", BOTH, {"AIRFLOW_HOME": "$AIRFLOW_HOME"})
find("home has no end", BOTH, {"AIRFLOW_HOME": "$AIRFLOW_HOME/x"}, hangs=True)
find("config", BOTH, {"AIRFLOW_CONFIG": "{tmp}/other/x.cfg"})
find("config is empty", BOTH, {"AIRFLOW_CONFIG": ""})
find("config is relative", BOTH, {"AIRFLOW_CONFIG": "other/x.cfg"})
find("config has a variable", BOTH, {"AIRFLOW_CONFIG": "$AIRFLOW_HOME/other/x.cfg"})
find("config has a tilde", BOTH, {"AIRFLOW_CONFIG": "~/other/x.cfg", "HOME": "{tmp}"})
find("config does not exist", BOTH, {"AIRFLOW_CONFIG": "{tmp}/nowhere.cfg"})
find("config is a directory", BOTH, {"AIRFLOW_CONFIG": "{tmp}/other"})
find("config is below a file", BOTH, {"AIRFLOW_CONFIG": "{tmp}/airflow.cfg/x"})
find("config ignores home", BOTH, {"AIRFLOW_CONFIG": "{tmp}/other/x.cfg", "AIRFLOW_HOME": "$NOPE"})
find("config has no end", BOTH, {"AIRFLOW_CONFIG": "$A1"}, hangs=True)
find("file is a directory", {"airflow.cfg": None}, {})
find("variables in lower case", BOTH, {"airflow_config": "{tmp}/other/x.cfg"})
find("nothing there", {}, {})
