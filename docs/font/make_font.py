#!/usr/bin/env python3
"""Make the Lightcone Sans files and the Rust table of their advance widths.

Source:   IBM Plex Sans 3.005, from the npm package @ibm/plex-sans 1.1.0 (OFL-1.1).
Needs:    Python 3 with fonttools 4.68.0 and brotli 1.2.1 (pip install fonttools brotli).
Usage:    npm pack @ibm/plex-sans@1.1.0 && tar xzf ibm-plex-sans-1.1.0.tgz
          python3 make_font.py package OUT_DIR && rustfmt --edition 2024 OUT_DIR/font.rs
Writes:   lightcone-sans-{400,600}.{ttf,woff2}, OFL.txt and font.rs.

Kerning, ligatures and hinting are dropped, so that the width of a text is the plain sum
of its characters' advances in every renderer. "Plex" is a Reserved Font Name, which a
modified version may not carry, so the subset is named "Lightcone Sans".
"""
import argparse
import shutil
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FAMILY = "Lightcone Sans"
WEIGHTS = {400: ("Regular", "Regular"), 600: ("SemiBold", "SemiBold")}  # file, style

ASCII = range(0x20, 0x7F)
# Latin-1 without the soft hyphen (renderers give it no width), and Latin Extended-A.
LATIN = [c for c in range(0xA0, 0x180) if c != 0xAD]
REST = [ord(c) for c in "ȘșȚț" "–—‘’‚“”„†•…′″‹›€‰⁄" 
        "←↑→↓↔" "−∞≈≠≤≥" "◆◊●○▸◂✓✕"]
REST += [0x2007, 0x2009, 0x200A, 0x2010, 0x2011, 0x202F]  # fixed spaces and hyphens


def make(source: Path, weight: int, style: str) -> TTFont:
    """Subset one weight, strip it, and give it its new name."""
    font = TTFont(source, recalcTimestamp=False)  # so that the output is reproducible
    opt = Options()
    opt.hinting = opt.glyph_names = opt.legacy_cmap = False
    opt.notdef_outline = True
    opt.name_IDs, opt.name_languages = [0, 5, 8, 9, 13, 14], [0x409]
    opt.drop_tables += ["GSUB", "GPOS", "GDEF", "gasp"]
    subsetter = Subsetter(opt)
    subsetter.populate(unicodes=[*ASCII, *LATIN, *REST])
    subsetter.subset(font)

    font["head"].flags &= ~0b11100  # advances depend neither on the size nor on hinting
    assert font["OS/2"].usWeightClass == weight
    full = FAMILY if style == "Regular" else f"{FAMILY} {style}"
    post = f"{FAMILY.replace(' ', '')}-{style}"
    names = {1: full, 2: "Regular", 3: f"3.005;{post}", 4: full, 6: post, 16: FAMILY, 17: style,
             10: "A subset of IBM Plex Sans, without layout features and hinting."}
    for name_id, text in names.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)
    return font


def rust(fonts: dict[int, TTFont]) -> str:
    """The Rust module: the template below with the numbers filled in."""
    cmaps = {w: f.getBestCmap() for w, f in fonts.items()}
    chars = sorted(set(cmaps[400]) - set(ASCII))
    assert set(cmaps[400]) == set(cmaps[600]) and set(ASCII) <= set(cmaps[400])
    values = {"UPEM": fonts[400]["head"].unitsPerEm, "ASCENT": fonts[400]["hhea"].ascent,
              "DESCENT": -fonts[400]["hhea"].descent, "COUNT": len(chars),
              "CAP": fonts[400]["OS/2"].sCapHeight,
              "CHARS": ", ".join(f"'\\u{{{c:x}}}'" if chr(c).isspace() else f"'{chr(c)}'"
                                 for c in chars)}
    for weight, font in fonts.items():
        width = lambda c: str(font["hmtx"][cmaps[weight][c]][0])
        assert len({width(ord(d)) for d in "0123456789"}) == 1, "the digits are not tabular"
        values[f"ASCII_{weight}"] = ", ".join(map(width, ASCII))
        values[f"OTHER_{weight}"] = ", ".join(map(width, chars))
    text = Path(__file__).with_name("font.rs.in").read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", str(value))
    return text


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("package", type=Path, help="the unpacked @ibm/plex-sans package")
    args.add_argument("out", type=Path, help="the folder to write to")
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    fonts = {}
    for weight, (file, style) in WEIGHTS.items():
        source = args.package / f"fonts/complete/woff2/IBMPlexSans-{file}.woff2"
        font = fonts[weight] = make(source, weight, style)
        missing = [c for c in (*LATIN, *REST) if c not in font.getBestCmap()]
        print(weight, "missing:", *map(chr, missing))
        for flavor, ext in ((None, "ttf"), ("woff2", "woff2")):
            font.flavor = flavor
            font.save(args.out / f"lightcone-sans-{weight}.{ext}")
    shutil.copyfile(args.package / "LICENSE.txt", args.out / "OFL.txt")
    (args.out / "font.rs").write_text(rust(fonts), encoding="utf-8")


if __name__ == "__main__":
    main()
