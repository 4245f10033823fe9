#!/bin/sh
# Makes town.wav and river.wav anew: espeak-ng speaks, sox brings them to 8 kHz, mono, 16 bit, peak -6 dBFS.
set -eu
cd "$(dirname "$0")"
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT

say() { # name voice words-per-minute pitch text
    espeak-ng -v "$2" -s "$3" -p "$4" -w "$dir/$1.wav" "$5"
    # 0.4 s of silence first: a call loses its first packets, the speech must not start in them.
    sox -D "$dir/$1.wav" -r 8000 -c 1 -b 16 "$1.wav" norm -6 pad 0.4 0.3
}

say town en-gb 190 35 "The old railway station at the edge of the town was painted yellow last summer, so every visitor asks for the baker."
say river en-us+f3 175 75 "Down by the river two grey herons wait among the reeds, while a narrow boat drifts slowly under the bridge."
