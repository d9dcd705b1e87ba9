#!/bin/sh
# Builds internal/letters/paper/fonts from Debian's packages of the Noto
# typefaces. The result is committed; running this again with the same packages
# gives the same glyphs. Needs: fonts-noto-core fonts-noto-cjk python3-fonttools.
set -eu
cd "$(dirname "$0")"
out=../fonts
noto=/usr/share/fonts/truetype/noto
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# Latin with every letter of Vietnamese and Hausa, Greek, Cyrillic.
latin='U+0020-024F,U+0250-02AF,U+02B0-02FF,U+0300-036F,U+0370-03FF,U+0400-052F,U+1E00-1EFF,U+1F00-1FFF,U+2000-206F,U+20A0-20BF,U+2100-214F,U+FFFD'
arabic='U+0020,U+00A0,U+00AB,U+00BB,U+0600-06FF,U+0750-077F,U+08A0-08FF,U+200C-200F,U+FB50-FDFF,U+FE70-FEFF'
for weight in Regular Bold; do
  pyftsubset "$noto/NotoSans-$weight.ttf" --unicodes="$latin" --layout-features='kern,mark,mkmk,ccmp,locl,liga' --no-hinting --output-file="$tmp/sans-$weight.ttf"
  pyftsubset "$noto/NotoSansArabic-$weight.ttf" --unicodes="$arabic" --layout-features='*' --no-hinting --output-file="$tmp/arabic-$weight.ttf"
done
/usr/bin/python3 han.py "$tmp/han-Regular.ttf"
for f in "$tmp"/*.ttf; do
  gzip -9nc "$f" > "$out/$(basename "$f").gz"
done
