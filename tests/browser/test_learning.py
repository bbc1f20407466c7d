"""A learner finishes the course, becomes eligible for the exam with the reason shown, and registers; the public pages beside it."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Deployment
from tests.browser.person import sign_in

pytestmark = pytest.mark.browser


def test_a_course_opens_the_way_to_the_exam(deployment: Deployment, browser: Browser) -> None:
    learner = sign_in(browser, deployment.url, "ravi")
    page = learner.page
    expect(page.get_by_text("Not open to you yet")).to_be_visible()
    learner.picture("learner-1-dashboard")
    page.goto(f"{deployment.url}/candidate/courses?lang=en")
    learner.picture("learner-2-courses")
    page.locator("a[href^='/candidate/courses/']").first.click()
    learner.picture("learner-3-course")
    page.get_by_role("link", name="Begin").click()
    learner.picture("learner-4-module")
    for _ in range(3):
        learner.click("I have read this; go on")
    learner.go("/candidate?lang=en")
    expect(page.get_by_text("Because you completed the course", exact=False)).to_be_visible()
    learner.click("Register")
    expect(page.get_by_text("You are registered.").first).to_be_visible()
    learner.picture("learner-5-registered")
    learner.go("/candidate/record?lang=en")
    assert page.locator("table").count() == 0  # a course writes no competency record
    assert learner.faults == []


def test_the_public_pages_stand_in_both_languages(deployment: Deployment, browser: Browser) -> None:
    page = sign_in(browser, deployment.url, "outsider")
    page.go("/logout-is-no-page")
    page.shot("public-404")
    page.page.context.clear_cookies()
    for name, path in (("public-1-home", "/"), ("public-2-login", "/login"), ("public-3-verify", "/verify")):
        page.go(path)
        page.picture(name)
    assert [fault for fault in page.faults if "404" not in fault] == []
