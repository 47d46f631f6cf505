#!/bin/bash
# Shows what libbedrockcost is for, against a local Bedrock: nothing leaves this machine, no AWS account
# is needed. Installs what is missing to build it (Debian packages) and builds in build-demo/.
#
#   examples/demo.sh
#   examples/demo.sh build/examples    with the programs of another build, as they are
# SPDX-License-Identifier: MIT
set -eu
unset CDPATH
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
bin=$(readlink -m "${1:-$root/build-demo/examples}")
. "$root/examples/prepare.sh"

# control METHOD PATH [JSON]: one signed call of Bedrock's control plane.
control() {
    local url=$endpoint$2 type='Content-Type: application/json'
    printf '%s' "${3:-}" >"$work/body"
    "$bin/sign" -H "$type" --body "$work/body" "$1" "$url" |
        curl -sS --fail-with-body -X "$1" -H @- -H "$type" --data-binary "@$work/body" "$url"
}

# json EXPRESSION: its value for the JSON on stdin, which is called `it`.
json() {
    python3 -c "import json, sys; it = json.load(sys.stdin); print($1)"
}

create_profile() { # NAME TEAM [MODEL]
    quietly control POST /inference-profiles "{
        \"inferenceProfileName\": \"$1\",
        \"modelSource\": {\"copyFrom\": \"arn:aws:bedrock:us-east-1::foundation-model/${3:-$model}\"},
        \"tags\": [{\"key\": \"team\", \"value\": \"$2\"}]
    }"
}

list_profiles() {
    control GET '/inference-profiles?type=APPLICATION' |
        json '"\n".join(p["inferenceProfileName"] + " " + p["inferenceProfileArn"]
            for p in it["inferenceProfileSummaries"])'
}

list_tags() { # ARN
    control POST /listTagsForResource "{\"resourceARN\": \"$1\"}" |
        json '", ".join(t["key"] + "=" + t["value"] for t in it["tags"])'
}

ask() { # NAME ARN PROMPT [OPTION]
    say "\$ ask${4:+ $4} .../${2#*/} '$3'"
    "$bin/ask" --max-tokens 40 ${4:+"$4"} "$2" "$3" 2>"$work/$1.usage"
    cat "$work/$1.usage"
}

# What the usage lines say each profile used, beside what the local Bedrock has on its bill.
compare_with_bill() {
    curl -sS "$endpoint/_emulator/bill" | python3 -c '
import json, re, sys
from pathlib import Path

KINDS = {"input": "inputTokens", "output": "outputTokens",
         "cache read": "cacheReadInputTokens", "cache write": "cacheWriteInputTokens"}
same = True
for account in sorted(json.load(sys.stdin)["profiles"].values(), key=lambda a: a["name"]):
    line = Path(sys.argv[1], account["name"] + ".usage").read_text()
    counted = {kind: int(n) for kind, n in re.findall("(" + "|".join(KINDS) + r") (\d+)", line) if int(n)}
    billed = {kind: account[member] for kind, member in KINDS.items() if account[member]}
    same &= counted == billed
    show = lambda tokens: ", ".join(f"{kind} {n}" for kind, n in tokens.items())
    print("  {}: counted {}; billed {}".format(account["name"], show(counted), show(billed)))
sys.exit(0 if same else "The bill says something else.")
' "$work"
}

# shown COMMAND...: a program of ours, as one would type it, and what it says.
shown() {
    local word line='$'
    for word in "$@"; do
        case $word in *[\ \;]*) line+=" '$word'" ;; *) line+=" ${word#"$work"/}" ;; esac
    done
    say "$line"
    "$bin/$1/$1" "${@:2}" 2>&1
}

# asked MAX_TOKENS: the team's question. What is answered was seen above.
asked() {
    local question=(--max-tokens "$1" --profile search-prod)
    say "\$ ask ${question[*]} 'Why is the sky blue?' >/dev/null"
    "$bin/ask" "${question[@]}" 'Why is the sky blue?' 2>&1 >/dev/null
}

# What the ledger has to know of the team's profiles: the second is the one to degrade the first to.
describe_profiles() {
    create_profile search-small search "$small_model"
    list_profiles >"$work/profiles"
    cat >"$work/catalogue.json" <<END
{"profiles": [
    {"name": "search-prod", "arn": "$(sed -n 's/^search-prod //p' "$work/profiles")",
     "model": "$model", "tags": {"team": "search"}, "degradeTo": "search-small"},
    {"name": "search-small", "arn": "$(sed -n 's/^search-small //p' "$work/profiles")",
     "model": "$small_model", "tags": {"team": "search"}}
]}
END
}

# What a budget does to a team: first it only watches, then it holds, step by step.
spend() {
    export BEDROCKCOST_LEDGER=$work/ledger
    cd "$root"
    shown budget prices import examples/prices.json
    shown budget profiles import "$work/catalogue.json"

    say '' 'In shadow mode a budget blocks nothing; it counts what it would have refused:'
    shown budget set trial --team search --limit 0.0001 --shadow
    asked 40
    asked 40
    shown budget history trial --windows 1
    shown budget end trial

    say '' 'One that holds; what the month has cost so far counts. The next call takes it past 50 %:'
    shown budget set search --team search --limit 0.0003
    asked 40
    shown budget notify --exec 'echo "$BUDGET_TEXT"'

    say '' 'From 80 % on another profile of the team answers, a cheaper one:'
    asked 40
    asked 40
    asked 40
    shown budget show search

    say '' 'A call that what is left does not pay for is refused, before it is signed:'
    if asked 4000; then
        die "It was not refused."
    fi
    say '' 'Somebody lets the team go on, and says why:'
    shown budget override search --limit 0.05 --until +1h --by ada --why 'launch day'
    asked 4000
    shown budget show search
    shown budget verify
}

# Profiles that a file says, and whether they are as they have to be.
govern() {
    local file=$work/declared.json
    cat >"$file" <<END
{
  "region": "us-east-1",
  "tagPolicy": {"requiredTags": ["application", "owner-team"], "namingRule": "lowercase-with-hyphens"},
  "workloads": {
    "docs": {
      "tags": {"owner-team": "Docs_Team"},
      "environments": {"staging": {"copyFrom": "$small_model"}, "prod": {"copyFrom": "$model"}}
    }
  }
}
END
    say '' 'Profiles can be said in one file. Its tags are judged before anything is made:'
    if shown profiles --file "$file" lint --offline; then
        die "It has found nothing."
    fi
    sed -i 's/Docs_Team/docs/' "$file"
    say '' 'That is mended:'
    shown profiles --file "$file" plan
    shown profiles --file "$file" apply --yes
    say '' 'Is it so? What AWS takes a day for is no failure; what is to be looked at by hand is left out here:'
    shown profiles --file "$file" verify --no-call --no-agents | grep -v '^by hand\|^  '
}

clean_up() {
    if [ -n "$emulator" ]; then
        kill "$emulator" 2>/dev/null || true
        wait "$emulator" || true
    fi
    rm -rf "$work"
}

scrub
if [ $# = 0 ]; then
    install_missing needs_of_the_build
    hold_folder "$root/build-demo"
    if [ ! -f "$root/build-demo/build.ninja" ]; then
        CC=gcc CXX=g++ configure "$root/build-demo" -Dexamples=enabled -Dtests=disabled -Ddoc=disabled
    fi
    quietly meson compile -C "$root/build-demo"
fi

work=$(mktemp -d)
emulator=
trap clean_up EXIT
export AWS_ACCESS_KEY_ID=AKIDDEMO AWS_SECRET_ACCESS_KEY=secret-of-the-demo AWS_REGION=us-east-1
exec 3< <(exec "$bin/emulator/emulator" --access-key "$AWS_ACCESS_KEY_ID" \
    --secret-key "$AWS_SECRET_ACCESS_KEY" --identity 8<&-)
emulator=$!
read -r -t 10 line <&3 || die "The emulator does not start."
endpoint=${line#listening on }
export AWS_ENDPOINT_URL=$endpoint
model=anthropic.claude-3-haiku-20240307-v1:0
small_model=amazon.nova-micro-v1:0

say '' "A local Bedrock is $line." '$ credentials'
"$bin/credentials"

say '' 'Two profiles of one model, each with its tag:'
create_profile search-prod search
create_profile helpdesk-prod helpdesk
list_profiles >"$work/profiles"
while read -r name arn; do
    say "  $name: $(list_tags "$arn"): $arn"
done <"$work/profiles"

say
ask search-prod "$(sed -n 's/^search-prod //p' "$work/profiles")" 'Why is the sky blue?'
ask helpdesk-prod "$(sed -n 's/^helpdesk-prod //p' "$work/profiles")" 'My printer is on fire.' --stream

say '' 'Tokens by profile:'
compare_with_bill

say '' 'A model id has no tags: nobody could say who spent. It is refused before anything is sent:'
say "\$ ask $model 'Why is the sky blue?'"
if "$bin/ask" "$model" 'Why is the sky blue?' 2>&1; then
    die "It was not refused."
fi

say '' 'A team has a budget:'
describe_profiles
spend
govern

say '' "Real AWS: build-demo/examples/credentials; build-demo/examples/ask PROFILE_ARN PROMPT"
