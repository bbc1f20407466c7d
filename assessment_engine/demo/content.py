"""Reads the demonstration's exam from the package: competencies, items in English and Hindi, the order of the paper, a blueprint.

The data is in the folder content/: exam.json, competencies.json, course.json, blueprint.json and items/IDENTIFIER.LANGUAGE.xml (QTI 3.0).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

from assessment_engine.kernel.ids import CompetencyId
from assessment_engine.services.courses import NewCourse, NewModule
from item_bank.blueprints import Blueprint, blueprint_of

LANGUAGES = ("en", "hi")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCompetency:
    """A competency and the share of its marks that each level asks for, lowest level first."""

    code: str
    name: str
    name_hi: str
    cuts: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoItem:
    """One question: its QTI XML by language, the code of its competency and its level."""

    identifier: str
    competency: str
    level: int
    variants: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSection:
    """One section of the paper."""

    id: str
    title: str
    title_hi: str
    items: tuple[DemoItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoExam:
    """The whole exam."""

    code: str
    title: str
    title_hi: str
    duration_s: int
    sections: tuple[DemoSection, ...]
    competencies: tuple[DemoCompetency, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCourse:
    """The course that makes a learner eligible for the exam."""

    course: NewCourse
    modules: tuple[NewModule, ...]


def demo_course() -> DemoCourse:
    """Read the course of the demonstration."""
    course = json.loads(_read("course.json"))
    modules = tuple(NewModule(**module) for module in course.pop("modules"))
    return DemoCourse(course=NewCourse(**course), modules=modules)


@cache
def demo_exam() -> DemoExam:
    """Read the exam that the demonstration runs."""
    exam = json.loads(_read("exam.json"))
    return DemoExam(
        code=exam["code"],
        title=exam["title"],
        title_hi=exam["title_hi"],
        duration_s=exam["duration_s"],
        sections=tuple(
            DemoSection(
                id=section["id"],
                title=section["title"],
                title_hi=section["title_hi"],
                items=tuple(_item(**item) for item in section["items"]),
            )
            for section in exam["sections"]
        ),
        competencies=tuple(_competency(entry) for entry in json.loads(_read("competencies.json"))),
    )


def demo_blueprint(competencies: Mapping[str, CompetencyId]) -> Blueprint:
    """Read the blueprint of the demonstration, which calls competencies by their codes."""
    document = json.loads(_read("blueprint.json"))
    for row in (row for section in document["sections"] for row in section["strata"] if "competency" in row):
        row["competency"] = competencies[row["competency"]]
    return blueprint_of(document)


def _item(identifier: str, competency: str, level: int) -> DemoItem:
    variants = {lang: _read(f"items/{identifier}.{lang}.xml") for lang in LANGUAGES}
    return DemoItem(identifier=identifier, competency=competency, level=level, variants=variants)


def _competency(entry: Mapping[str, object]) -> DemoCompetency:
    levels = entry["levels"]
    assert isinstance(levels, list)
    cuts = tuple(Decimal(level["cut"]) for level in levels)
    return DemoCompetency(code=str(entry["code"]), name=str(entry["name"]), name_hi=str(entry["name_hi"]), cuts=cuts)


def _read(path: str) -> bytes:
    return files("assessment_engine.demo").joinpath("content", *path.split("/")).read_bytes()
