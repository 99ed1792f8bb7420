#!/bin/sh
# package.sh NAME VERSION: fetches a package from npm into the current folder, once, and prints the folder of its files.
set -eu
folder=$(echo "$1-$2" | tr -d @ | tr / -)
[ -d "$folder" ] || {
    archive=$(npm pack --silent "$1@$2" | tail -n 1)
    mkdir "$folder.part"
    tar -xzf "$archive" -C "$folder.part"
    rm "$archive"
    mv "$folder.part" "$folder"
}
echo "$folder/package"
