"""Each check finds the mistake it is there for: one is planted at a time in a copy of the tree.

usage: planted.py ROOT LIBRARY COMPILER...

SPDX-License-Identifier: MIT
"""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

root, library, compiler = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
here = Path(__file__).parent

BASE = "include/bedrockcost/base.h"
MAP = "lib/bedrockcost.map"

FUNCTION = """
/**
 * @brief Planted.
 * @return 0.
 * @par Threads
 * Any.
 * @since 0.1
 */
BRC_API {};
"""
DOCUMENT = "\n```{}\n{}\n```\n"

# check, file, text appended to it (or a function of its text), what the check has to say
PLANTED = [
    ("symbols", MAP, lambda t: t.replace("    brc_sign;\n", ""), "not in bedrockcost.map"),
    ("symbols", MAP, lambda t: t.replace("brc_free;", "brc_gratis;"), "not declared"),
    ("symbols", MAP, lambda t: t.replace("global:", "global:\n    brc_version;"), "not sorted"),
    ("symbols", BASE, FUNCTION.format("int brc_planted(void)"), "not exported"),
    ("symbols", BASE, lambda t: t.replace("brc_free(char", "brc_gratis(char"), "exported, not"),
    ("header_alone", "include/bedrockcost/sign.h", "\nbrc_client *planted(void);\n", "sign.h"),
    ("header_rules", BASE, FUNCTION.format("int brc_planted(_Bool yes)"), "_Bool"),
    ("header_rules", BASE, FUNCTION.format("int brc_planted(enum e kind)"), "enum"),
    ("header_rules", BASE, FUNCTION.format("int brc_planted(brc_pair p)"), "`brc_pair p`"),
    ("header_rules", BASE, FUNCTION.format("long brc_planted(void)"), "long"),
    ("header_rules", BASE, FUNCTION.format("int brc_planted(int n, ...)"), "variable"),
    ("header_rules", BASE, "static inline int one(void) { return 1; }\n", "inline"),
    ("header_rules", BASE, "#define BRC_MAX(a, b) ((a) > (b))\n", "macro"),
    ("header_rules", BASE, "struct bits { int one : 1; };\n", "bit-field"),
    ("header_rules", BASE, "#include <curl/curl.h>\n", "<curl/curl.h>"),
    ("header_rules", BASE, "BRC_API int brc_planted(void);\n", "@par Threads"),
    ("floors", "lib/memory.h", '#include "sigv4.h"\n', "above, or to the right"),
    ("floors", "lib/buffer.c", '#include "log.h"\n', "above, or to the right"),
    ("floors", "lib/url.c", "#include <openssl/evp.h>\n", "lives in crypto.c"),
    ("floors", "lib/url.c", "#include <curl/curl.h>\n", "lives in exchange.c and exchange.h and transport.c"),
    ("floors", "lib/url.c", "#include <jansson.h>\n", "lives in no room"),
    ("floors", "lib/attic.c", "\n", "stands on no floor"),
    ("floors", "lib/floors.txt", "6 attic\n", "no such file"),
    ("floors", "doc/architecture.md", lambda t: t.replace("| | `error` |", "| | `terror` |"), "error: has no row"),
    ("banned", "lib/url.c", "void f(char *a) { strcpy(a, a); }\n", "strcpy"),
    ("banned", "lib/url.c", "void f(void) { abort(); }\n", "abort"),
    ("banned", "lib/url.c", "void f(void) { kill(0, 9); }\n", "kill"),
    ("banned", "lib/process.c", "void f(void) { abort(); }\n", "abort"),
    ("banned", "lib/url.c", 'void f(void) { printf("x"); }\n', "printf"),
    ("banned", "lib/url.c", "int f(void) { out: goto out; }\n", "goto"),
    ("file_size", "lib/url.c", "\n" * 500, "500 at most"),
    ("format", "lib/url.c", "int  two_spaces ;\n", "url.c"),
    ("shown", MAP, lambda t: t.replace("global:", "global:\n    brc_planted;"), "brc_planted: in no C or C++"),
    ("shown", "examples/ask.c", lambda t: t.replace("brc_request_set_bound(", "brc_planted("), "brc_request_set_bound"),
    ("snippets", "README.md", DOCUMENT.format("c", "int planted;"), "no file under examples"),
    ("snippets", "doc/planted.md", DOCUMENT.format("sh", "planted"), "no file under examples"),
    ("snippets", "README.md", DOCUMENT.format("console", "$ tests/planted.sh"), "there is no"),
    ("tree", "lib/url.c", "/* /ho" "me/me/notes */\n", "path of a machine"),
    ("tree", "lib/url.c", "/* TO" "DO */\n", "unfinished"),
    ("tree", "tests/package-lock.json", '"reso' 'lved": "https://x"\n', "package registry"),
    ("tree", "examples/planted.c", '#include "sigv4.h"\n', "nor shared"),
    ("tree", "examples/budget/planted.c", '#include "../lib/sigv4.h"\n', "nor shared"),
    ("tree", "examples/emulator/planted.c", '#include "cloud.h"\n', "nor shared"),
]


def plant(tree, file, edit):
    path = tree / file
    text = path.read_text() if path.exists() else ""
    path.parent.mkdir(exist_ok=True)
    path.write_text(edit(text) if callable(edit) else text + edit)


def run(check, tree):
    extra = {"symbols": [library], "header_alone": ["c", *compiler]}.get(check, [])
    command = [sys.executable, here / f"{check}.py", tree, *extra]
    return subprocess.run(command, capture_output=True, text=True)


print(f"1..{len(PLANTED)}")
for number, (check, file, edit, expected) in enumerate(PLANTED, 1):
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for part in ["include", "lib", "doc", "examples"]:
            shutil.copytree(root / part, tree / part)
        for part in ["README.md", ".clang-format"]:
            shutil.copy(root / part, tree)
        plant(tree, file, edit)
        result = run(check, tree)
    found = result.returncode == 1 and expected in result.stdout
    skipped = " # SKIP " + result.stdout.strip() if result.returncode == 77 else ""
    print(f"{'ok' if found or skipped else 'not ok'} {number} - {check}: {expected}{skipped}")
    if not found and not skipped:
        print(f"# exit code {result.returncode}\n# " + (result.stdout + result.stderr).replace("\n", "\n# "))
