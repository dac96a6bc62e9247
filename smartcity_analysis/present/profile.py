"""The page of one region: its parts as a reader sees them, each with one sentence where there is nothing to show."""

from __future__ import annotations

from html import escape
from typing import Any

from ..regions.profile import RegionProfile
from ..study import Study
from .area_maps import tile_options, tile_values
from .display import Presenter, Shown
from .region_map import region_map
from .tables import ILLUSTRATIVE

__all__ = [
    "named_region", "show_facts", "show_position", "show_scores", "show_services", "show_unknown", "show_where",
]  # fmt: skip

_MOST = 2  # strengths, and weaknesses, named
_LARGE = 1000  # from here on decimals only distract


def named_region(code: str, level: str, show: Presenter) -> str:
    """Return the name of a region with its level, so that Kecamatan Kota is not taken for the city."""
    name = show.label(code)
    return f"{show.text(f'words.{level}').capitalize()} {name}" if level in ("kelurahan", "kecamatan") else name


def show_where(profile: RegionProfile, show: Presenter) -> Shown:
    """Say which region this is, where it lies, and what is known of it in words."""
    place, words = profile.place, show.text
    facts: dict[str, Any] = {"place": named_region(profile.region, profile.level, show), "areas": place["areas"]}
    facts |= {"parent": show.label(place["parent"] or ""), "city": show.label(place["city"] or "")}
    said = [words(f"profile.where_{profile.peers}", **facts, parts=len(place["inside"]))]
    neighbours = [show.label(code) for code in place["neighbours"]]
    if neighbours:
        key = "nearest" if profile.peers == "kabupaten_kota" else "neighbours"
        said.append(words(f"profile.{key}", names=neighbours))
    if place["priority"] is not None:
        own = profile.peers == "kelurahan"
        key = ("priority" if place["priority"] else "no_priority") if own else "priority_count"
        said.append(words(f"profile.{key}", count=place["priority"], areas=place["areas"]))
    villages = place["villages"]
    said.append(words("profile.villages", names=villages) if villages else words("profile.no_villages"))
    head, rest = said[0], " ".join(said[1:])
    return Shown(f"<p><strong>{escape(head)}</strong> {escape(rest)}</p>", f"{head} {rest}")


def show_facts(profile: RegionProfile, show: Presenter) -> Shown:
    """Show the real figures of the region and its rank on each; large ones without decimals."""
    table = profile.facts
    pairs = zip(table["rank"], table["regions"], strict=True)
    ranked = [show.text("profile.rank_of", rank=rank, regions=regions) for rank, regions in pairs]
    value = table["value"].astype(float)
    table = table.assign(value=value.where(value.abs() < _LARGE, value.round()), rank_of=ranked)
    source = show.text(f"sources.profile_{profile.peers}")
    return show.table(table, "profile_facts", source=source, **_facts(profile, show))


def show_position(profile: RegionProfile, city: Study, peers: Study | None, show: Presenter) -> Shown:
    """Show the region on the map of its peers, a kecamatan as its kelurahan."""
    table, save_as = profile.position, f"profile_map_{profile.region}"
    if table.empty:
        return show.note("tables.notes.no_data")
    if profile.peers == "kabupaten_kota" and peers is not None:
        levels = peers.table("regions").set_index("code")["level"].reindex(table["region"])
        found = region_map(peers, table.set_index("region")["value"], tuple(sorted(set(levels))))
        label = show.text("subjects.hdi", year=int(table["year"].iloc[0]))
        return show.figure(
            found.figure, found.table.assign(status=table["status"].iloc[0]), label=label, kind="num1",
            highlight=profile.region, save_as=save_as, source=show.text("sources.hdi"), **found.options,
        )  # fmt: skip
    one = profile.peers == "kelurahan"
    label = show.text("subjects.profile_density" if one else "subjects.profile_inside", **_facts(profile, show))
    options = {"kind": "num1", "highlight": profile.region} if one else {"kind": "yes_no"}
    source = show.text("sources.profile_kelurahan")
    drawn = tile_values(table, "value", show)
    return show.figure("tile_map", drawn, label=label, save_as=save_as, source=source, **options, **tile_options(city))


def show_scores(profile: RegionProfile, show: Presenter) -> list[Shown]:
    """Say and show the region's scores beside its peers', over the years, and those around it.

    Where there are no scores, one sentence says so once.
    """
    if profile.scores.empty:
        return [show.note(f"tables.profile.no_scores_{profile.peers}")]
    facts, source = _facts(profile, show), _source(profile, show)
    drawn, save_as = show.named(profile.scores, "component"), f"profile_scores_{profile.region}"
    parts = [
        _said_scores(profile, show),
        show.figure("profile_scores", drawn, place=facts["place"], save_as=save_as, source=source),
        show.table(profile.scores, "profile_scores", source=source, **facts),
    ]
    names = {"place": facts["place"], "mean": show.text("profile.mean", peers=facts["peers"])}
    save_as = f"profile_years_{profile.region}"
    parts.append(show.figure("profile_years", profile.years, save_as=save_as, source=source, **names))
    around = [show.table(profile.around, f"profile_around_{profile.peers}", source=source, **facts)]
    return parts + (around if len(profile.around) else [])


def show_services(profile: RegionProfile, show: Presenter) -> Shown:
    """Show the services of the region beside those of what it lies in."""
    rows = zip(profile.services["region"], profile.services["level"], strict=True)
    table = profile.services.assign(place=[named_region(code, level, show) for code, level in rows])
    facts = _facts(profile, show)
    source = show.text("sources.illustration" if _invented(table) else "sources.profile_coverage")
    return show.table(table, "profile_services", source=source, highlight=facts["place"], **facts)


def show_unknown(profile: RegionProfile, show: Presenter) -> Shown:
    """Show what is not known of the region."""
    return show.table(profile.unknown, "profile_unknown", **_facts(profile, show))


# --- words -----------------------------------------------------------------------------------------------------------


def _facts(profile: RegionProfile, show: Presenter) -> dict[str, Any]:
    """Return what titles name: the place, its peers, and the year of the scores or services."""
    dated = next((t for t in (profile.scores, profile.services, profile.facts) if len(t)), profile.facts)
    year = dated["year"].max() if len(dated) else None
    place = named_region(profile.region, profile.level, show)
    return {"place": place, "peers": show.text(f"words.{profile.peers}"), "year": year}


def _invented(table: Any) -> bool:
    return bool((table["status"] == ILLUSTRATIVE).any())


def _source(profile: RegionProfile, show: Presenter) -> str:
    if profile.peers == "kabupaten_kota":
        return show.text("sources.hdi")
    return show.text("sources.illustration" if _invented(profile.scores) else "sources.profile_kelurahan")


def _said_scores(profile: RegionProfile, show: Presenter) -> Shown:
    """Say the rank with its band, and the components that the bands leave no doubt about; marked where invented."""
    rows, facts = profile.scores, _facts(profile, show)
    whole = {name: rows[name].iloc[0] for name in ("score", "mean", "rank", "rank_lower", "rank_upper", "regions")}
    key = "total_sure" if whole["rank_lower"] == whole["rank_upper"] else "total"
    said = [show.text(f"profile.{key}", index=show.label(rows["component"].iloc[0]), **whole, **facts)]
    for verdict, ascending in (("strength", False), ("weakness", True)):
        clear = rows[1:][rows["verdict"][1:] == verdict].sort_values("difference", ascending=ascending, kind="stable")
        names = [show.label(code) for code in clear["component"][:_MOST]]
        said.append(show.text(f"profile.{verdict}" if names else f"profile.no_{verdict}", names=names, **facts))
    text = " ".join(said)
    if not _invented(rows):
        return Shown(f"<p>{escape(text)}</p>", text)
    marked = f"{show.text('profile.invented')} {text}"
    return Shown(f'<p class="illustration" data-status="{ILLUSTRATIVE}">{escape(marked)}</p>', marked)
