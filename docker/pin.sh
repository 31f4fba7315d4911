#!/bin/sh
# Writes the digest of each tag in images.env behind it, so that the next build uses the very same bytes.
# Needs docker with buildx, and a registry that answers. Look at the difference before you commit it.
set -eu
cd "$(dirname "$0")"
new=$(mktemp)
trap 'rm -f "$new"' EXIT
while IFS= read -r line; do
    case $line in
    *_IMAGE=*)
        image=${line#*=}
        tag=${image%@*}
        digest=$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$tag")
        printf '%s=%s@%s\n' "${line%%=*}" "$tag" "$digest"
        ;;
    *) printf '%s\n' "$line" ;;
    esac
done <images.env >"$new"
cat "$new" >images.env
