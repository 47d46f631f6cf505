#!/bin/bash
# What doc/guide.md takes for granted, made in the local Bedrock: roles, an agent, a topic. With AWS you
# have them already, or make them with the AWS CLI. Needs `sign` in PATH, curl and python3, and
# AWS_ENDPOINT_URL.
#
#   examples/guide.sh role NAME SERVICE_OR_ACCOUNT [POLICY_FILE]
#   examples/guide.sh agent NAME ROLE MODEL
#   examples/guide.sh topic NAME
# SPDX-License-Identifier: MIT
set -eu
account=123456789012
body=$(mktemp)
trap 'rm -f "$body"' EXIT

# signed SERVICE TYPE METHOD PATH: sends what is in $body.
signed() {
    local url=$AWS_ENDPOINT_URL$4 type="Content-Type: $2"
    sign -H "$type" --service "$1" --body "$body" "$3" "$url" |
        curl -sS --fail-with-body -X "$3" -H @- -H "$type" --data-binary "@$body" "$url"
}

# query SERVICE VERSION ACTION [NAME VALUE]...: one of the services that take forms.
query() {
    local service=$1
    python3 -c '
import sys, urllib.parse
version, action, *rest = sys.argv[1:]
pairs = zip(rest[::2], rest[1::2])
print(urllib.parse.urlencode([("Version", version), ("Action", action), *pairs]), end="")
' "${@:2}" >"$body"
    signed "$service" 'application/x-www-form-urlencoded; charset=utf-8' POST /
}

# agents METHOD PATH [JSON]: one of the operations on agents.
agents() {
    printf '%s' "${3:-}" >"$body"
    signed bedrock application/json "$1" "$2"
}

# member NAME...: what is there in the JSON on stdin.
member() {
    python3 -c '
import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1:]:
    value = value[name]
print(value)
' "$@"
}

make_role() { # NAME PRINCIPAL [POLICY_FILE]
    local kind=Service trust
    [ "$2" != "$account" ] || kind=AWS
    trust='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"'$kind'": "'$2'"}}]}'
    query iam 2010-05-08 CreateRole RoleName "$1" AssumeRolePolicyDocument "$trust" >/dev/null
    if [ $# = 3 ]; then
        query iam 2010-05-08 PutRolePolicy RoleName "$1" PolicyName models PolicyDocument "$(cat "$3")" >/dev/null
    fi
    echo "arn:aws:iam::$account:role/$1"
}

make_agent() { # NAME ROLE MODEL
    local id
    id=$(agents PUT /agents/ '{"agentName": "'"$1"'", "foundationModel": "'"$3"'",
        "agentResourceRoleArn": "arn:aws:iam::'"$account:role/$2"'",
        "instruction": "You search the news of the day, and say where you have found what you tell."}' |
        member agent agentId)
    agents POST "/agents/$id/" >/dev/null
    agents PUT "/agents/$id/agentaliases/" '{"agentAliasName": "live"}' >/dev/null
    echo "$id"
}

case ${1-} in
role) make_role "${@:2}" ;;
agent) make_agent "${@:2}" ;;
topic) query sns 2010-03-31 CreateTopic Name "$2" >/dev/null && echo "arn:aws:sns:us-east-1:$account:$2" ;;
*) sed -n '2,/SPDX/s/^# \?//p' "$0" && exit 2 ;;
esac
