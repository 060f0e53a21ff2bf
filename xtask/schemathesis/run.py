"""Runs schemathesis against the real binary, face by face, with the documents that it prints.

    python run.py SLOTBRIDGE [--full]
"""

import datetime
import json
import os
import pathlib
import queue
import re
import subprocess
import sys
import tempfile
import threading
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
FACES = ["pms-api", "booking-api", "admin-api", "sandbox-api", "service"]
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "refused_unless_liberally_read",
]
PATIENCE = 60
# As in the documents' examples, so that these leave them where they are.
RESOURCE, TYPE = "dr-lee", "std"
# Sessions of staff begin when they sign in, for which no API has an operation.
UNREACHED = {"endStaffSession"}


class Server:
    """A hub of its own on a store of its own, in sandbox mode."""

    def __init__(self, binary):
        self.folder = tempfile.TemporaryDirectory(prefix="slotbridge-schemathesis-")
        store = pathlib.Path(self.folder.name) / "store"
        self.log = open(pathlib.Path(self.folder.name) / "log", "w+")
        arguments = [binary, "serve", "--sandbox", "--listen", "127.0.0.1:0", "--data-dir", str(store)]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=self.log, text=True)
        lines = queue.Queue()
        threading.Thread(target=lambda: [lines.put(line) for line in self.process.stdout], daemon=True).start()
        self.url = None
        while self.url is None:
            line = lines.get(timeout=PATIENCE)
            found = re.search(r"Listening on\s+(http://\S+)", line)
            self.url = found and found.group(1)
        self.token = (store / "operator-token").read_text().strip()

    def call(self, method, path, body=None, headers=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json", **(headers or {})}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read() or b"null")

    def admin(self, method, path, body=None):
        return self.call(method, f"/admin-api/v1{path}", body, {"authorization": f"Bearer {self.token}"})

    def stop(self):
        """Stops it, and says what went wrong in it."""
        gone = self.process.poll()
        self.process.terminate()
        self.process.wait(timeout=PATIENCE)
        self.log.seek(0)
        bad = [line for line in self.log if "panicked" in line or "ERROR" in line]
        if gone is not None:
            bad.append(f"the server ended by itself: {gone}")
        self.log.close()
        self.folder.cleanup()
        return bad


def snapshot(start):
    """A client snapshot with one appointment at a time of its practice."""
    return {
        "date": start.date().isoformat(),
        "dateType": "appt_datetime",
        "locations": [{"pmsLocationId": "L1", "pmsLocationName": "Main", "pmsLocationStatus": "active"}],
        "practitioners": [
            {"pmsPractitionerId": "P1", "pmsPractitionerName": "Dr One", "pmsPractitionerStatus": "active"}
        ],
        "appointmentTypes": [
            {"pmsAppointmentTypeId": "T1", "pmsAppointmentTypeName": "Standard", "pmsAppointmentTypeStatus": "active"}
        ],
        "patients": [
            {
                "pmsPatientId": "1",
                "pmsPatientFirstname": "Zora",
                "pmsPatientLastname": "Quint",
                "pmsPatientPhoneMobile": "0491 570 156",
                "pmsPatientSmsConsent": True,
                "pmsPatientCreationTime": "2020-01-01 00:00:00",
            }
        ],
        "appointments": [
            {
                "pmsAppointmentId": "1",
                "pmsPatientId": "1",
                "pmsPractitionerId": "P1",
                "pmsAppointmentTypeId": "T1",
                "pmsLocationId": "L1",
                "pmsAppointmentCreationTime": "2020-01-01 00:00:00",
                "pmsAppointmentTime": start.strftime("%Y-%m-%d %H:%M:%S"),
                "pmsAppointmentLength": 15,
                "pmsAppointmentStatus": "booked",
            }
        ],
    }


def furnish(server):
    """A practice with something of every kind; gives the integration's headers, a manage token,
    and what is known by name."""
    consumer = server.admin("POST", "/consumers", {"name": "Vendor", "contactEmail": "dev@vendor.example"})
    practice = server.admin(
        "POST",
        "/practices",
        {"name": "Practice", "timezone": "Australia/Brisbane", "autoPublish": True, "products": ["reminders"]},
    )["practiceId"]
    consent = server.admin("POST", f"/practices/{practice}/consents", {"consumerId": consumer["consumerId"]})
    pms = {"api-key": consumer["apiKey"], "practice-id": str(practice), "practice-key": consent["practiceKey"]}

    def send(path, body):
        return server.call("POST", f"/pms-api/v1{path}", body, pms)

    send("/config/pmsResources/snapshot", [{"pmsResourceId": RESOURCE, "pmsResourceName": "Dr One"}])
    send(
        "/config/pmsAppointmentTypes/snapshot",
        [{"pmsAppointmentTypeId": TYPE, "pmsAppointmentTypeName": "Standard", "pmsAppointmentLength": 15}],
    )

    def now():
        return datetime.datetime.fromisoformat(server.call("GET", "/sandbox-api/v1/clock")["now"][:19])

    def to_daytime():
        """Reminders go out from 8 to 20 at the practice, ten hours ahead of UTC: whenever this runs, it is
        9 there at the earliest."""
        there = now() + datetime.timedelta(hours=10)
        if not 8 <= there.hour < 19:
            nine = there.replace(hour=9, minute=0, second=0)
            seconds = (nine - there).total_seconds() % 86400
            server.call("POST", "/sandbox-api/v1/clock", {"advanceSeconds": int(seconds)})

    def slots_on(days):
        """The day so many days from now, by the server's clock, and its slots."""
        day = (now() + datetime.timedelta(days=days)).date().isoformat()
        hours = [{"start": "00:00", "end": "24:00", "slotLength": 900}]
        send("/availability/snapshot", {"date": day, "pmsResourceId": RESOURCE, "availability": hours})
        path = f"/booking-api/v1/practices/{practice}/slots?from={day}&to={day}"
        return day, server.call("GET", path)["slots"]

    to_daytime()
    person = {
        "firstname": "Anna",
        "lastname": "Nguyen",
        "dob": "1984-02-29",
        "phone": "0412 345 678",
        "email": "anna@example.com",
    }

    def wanted(slot):
        return {"practiceId": practice, **{name: slot[name] for name in ("practitionerId", "appointmentTypeId", "start")}}

    def book(slot):
        return server.call("POST", "/booking-api/v1/bookings", {**wanted(slot), "patient": person})

    def confirmed(slot):
        made = book(slot)
        send(f"/bookings/{made['bookingId']}/confirmInsert", {"pmsAppointmentIds": ["A1"], "pmsPatientId": "P1"})
        return made

    def updated(slot):
        """A booking that the patient cancelled when the PMS knew it, with its update."""
        made = confirmed(slot)
        bearer = {"authorization": f"Bearer {made['manageToken']}"}
        server.call("POST", f"/booking-api/v1/bookings/{made['bookingId']}/cancel", {}, bearer)
        updates = server.call("GET", "/pms-api/v1/requests/bookingUpdates", headers=pms)["data"]
        return {"bookingId": made["bookingId"], "requestId": updates[-1]["requestId"]}

    def reminder():
        """The token of a reminder, of an appointment in about six hours."""
        send("/features/clientSnapshots/enable", {})
        start = now() + datetime.timedelta(hours=16, minutes=30)
        send("/clientSnapshot", snapshot(start))
        server.call("POST", "/sandbox-api/v1/clock", {"advanceSeconds": 1})
        messages = server.admin("GET", f"/practices/{practice}/messages")["data"]
        text = next(one["text"] for one in messages if one["kind"] == "reminder")
        return text.rsplit(" ", 1)[-1].strip()

    # A request that nobody answers, and whose callbacks have failed for good when the day has come. At
    # a practice of its own: its integration is unhealthy by then.
    silent = server.admin("POST", "/practices", {"name": "Silent", "timezone": "Australia/Perth"})["practiceId"]
    consent = server.admin("POST", f"/practices/{silent}/consents", {"consumerId": consumer["consumerId"]})
    keys = {**pms, "practice-id": str(silent), "practice-key": consent["practiceKey"]}
    dead = {"topic": "requests.availability", "callbackUrl": "http://127.0.0.1:9/"}
    subscription = server.call("POST", "/pms-api/v1/subscription", dead, keys)["id"]
    resource = [{"pmsResourceId": RESOURCE, "pmsResourceName": "Dr One"}]
    server.call("POST", "/pms-api/v1/config/pmsResources/snapshot", resource, keys)
    asked = {"type": "availability", "date": "2031-03-03"}
    failed = server.admin("POST", f"/practices/{silent}/requests", asked)["requestId"]
    # Appointments of a day that has come.
    _, slots = slots_on(3)
    came, missed = confirmed(slots[0]), confirmed(slots[2])
    server.call("POST", "/sandbox-api/v1/clock", {"advanceSeconds": 4 * 24 * 3600})
    day, slots = slots_on(20)
    free = iter(slots[::2])
    read = book(next(free))
    # Each of these ends the life of a booking, so that each has its own.
    own = ["rejectBookingInsert", "confirmBookingInsert", "cancelPracticeBooking", "bookingEnteredByHand"]
    bookings = {operation: {"bookingId": book(next(free))["bookingId"]} for operation in own}
    for operation in ["cancelBooking", "rescheduleBooking", "getWaitlist"]:
        made = book(next(free))
        bookings[operation] = {"bookingId": made["bookingId"], "manageToken": made["manageToken"]}
    bearer = {"authorization": f"Bearer {made['manageToken']}"}
    server.call("POST", f"/booking-api/v1/bookings/{made['bookingId']}/waitlist", {"anyPractitioner": True}, bearer)
    bookings["rescheduleBooking"]["start"] = next(free)["start"]
    updates = {operation: updated(next(free)) for operation in ["confirmBookingUpdate", "rejectBookingUpdate"]}
    # Documents of the PMS: one that is here, and one for each answer that ends a request.
    for feature in ("documents", "attachDocuments"):
        send(f"/features/{feature}/enable", {})
    documents = [{"bookingId": read["bookingId"], "pmsDocumentId": name} for name in ("D1", "D2", "D3")]
    send("/documents/available", documents)
    mine = f"/booking-api/v1/bookings/{read['bookingId']}"
    bearer = {"authorization": f"Bearer {read['manageToken']}"}
    server.call("POST", f"{mine}/waitlist", {"anyPractitioner": True}, bearer)
    there = [one["documentId"] for one in server.call("GET", f"{mine}/documents", headers=bearer)["documents"]]
    for document in there:
        server.call("POST", f"{mine}/documents/{document}/consent", {}, bearer)
    send("/documents/upload", {**documents[0], "documentContent": "Zm9v"})
    # And of a patient.
    given = confirmed(next(free))
    bearer = {"authorization": f"Bearer {given['manageToken']}"}
    for _ in range(3):
        file = {"kind": "referral", "content": "JVBERi0xLjcK"}
        server.call("POST", f"/booking-api/v1/bookings/{given['bookingId']}/attachments", file, bearer)
    attach = server.call("GET", "/pms-api/v1/requests/attachDocuments", headers=pms)["data"]
    attach = [{"requestId": one["requestId"]} for one in attach]
    # What an operator ends is not what the others need.
    spare = server.admin("POST", "/practices", {"name": "Spare", "timezone": "Australia/Perth"})["practiceId"]
    vendor = server.admin("POST", "/consumers", {"name": "Spare", "contactEmail": "spare@vendor.example"})
    key = server.admin("GET", f"/consumers/{vendor['consumerId']}")["keys"][0]["keyId"]
    token = server.admin("POST", "/operatorTokens", {"name": "Spare"})["tokenId"]
    def member(at, name):
        who = {"name": name, "email": f"{name}@staff.example", "role": "manager"}
        return server.admin("POST", f"/practices/{at}/staff", who)["staffId"]

    gone = server.admin("POST", "/practices", {"name": "Gone", "timezone": "Australia/Perth"})["practiceId"]
    left = server.admin("POST", "/practices", {"name": "Left", "timezone": "Australia/Perth"})["practiceId"]
    server.admin("POST", f"/practices/{left}/consents", {"consumerId": vendor["consumerId"]})
    ended = {"practiceId": spare, "consumerId": vendor["consumerId"]}
    known = {
        "*": {
            "practiceId": practice,
            "bookingId": read["bookingId"],
            "practitionerId": slots[0]["practitionerId"],
            "appointmentTypeId": slots[0]["appointmentTypeId"],
            "consumerId": vendor["consumerId"],
            "keyId": key,
            "tokenId": token,
            "staffId": member(practice, "kim"),
            "ownToken": server.admin("GET", "/operatorTokens")["data"][0]["tokenId"],
            "pmsResourceId": RESOURCE,
            "pmsResourceIds": [RESOURCE],
            "pmsAppointmentTypeIds": [TYPE],
            "timezone": "Australia/Perth",
            "documentId": there[0],
            "content": "JVBERi0xLjcK",
        },
        "uploadDocument": {"pmsDocumentId": "D2"},
        "rejectUploadDocument": {"pmsDocumentId": "D3"},
        **dict(zip(["getAttachDocument", "confirmAttachDocument", "rejectAttachDocument"], attach)),
        # Configuration is defined, not named.
        "uploadPmsResources": {"pmsResourceId": None},
        "findByPmsResourceId": {"id": RESOURCE},
        "findByPmsAppointmentTypeId": {"id": TYPE},
        **{name: {"id": "clientSnapshots"} for name in ["getFeature", "enableFeature", "disableFeature"]},
        **bookings,
        **updates,
        "didNotAttend": {"bookingId": missed["bookingId"]},
        "bookingAttended": {"bookingId": came["bookingId"]},
        "createBooking": {"start": next(free)["start"]},
        "createHold": {"start": next(free)["start"]},
        "searchSlots": {"from": day, "to": day},
        "getBookability": {"start": next(free)["start"]},
        "unsubscribe": {"token": reminder()},
        "resendDeliveries": {"practiceId": silent, "requestId": failed, "subscriptionId": subscription},
        "erasePractice": {"practiceId": gone, "name": "Gone"},
        "removeStaff": {"practiceId": practice, "staffId": member(practice, "lee")},
        "deactivatePractice": ended,
        "updatePractice": ended,
        "deactivateConsumer": ended,
        "updateConsumer": ended,
        "revokeConsent": {"practiceId": left, "consumerId": vendor["consumerId"]},
    }
    return pms, read["manageToken"], known


def test(binary, face, server, full):
    """Tests a face; whether all held."""
    pms, manage, known = furnish(server)
    # The hooks give each operation of a booking that booking's token: a header given here would win.
    if face == "booking-api":
        known["*"]["manageToken"] = manage
    headers = {
        "pms-api": pms,
        "admin-api": {"authorization": f"Bearer {server.token}"},
    }.get(face, {})
    document = pathlib.Path(server.folder.name) / f"{face}.json"
    printed = subprocess.run([binary, "openapi", face], check=True, capture_output=True, text=True).stdout
    document.write_text(printed)
    base = json.loads(printed)["servers"][0]["url"].rstrip("/")
    seed = os.environ.get("SLOTBRIDGE_TEST_SEED", "1")
    arguments = [
        str(pathlib.Path(sys.executable).parent / "schemathesis"),
        "--config-file",
        str(HERE / "schemathesis.toml"),
        "--no-color",
        "run",
        str(document),
        f"--url={server.url}{base}",
        f"--checks={','.join(CHECKS)}",
        f"--phases=examples,{'coverage,' if full else ''}fuzzing",
        f"--max-examples={500 if full else 12}",
        f"--seed={seed}",
        "--generation-database=none",
        "--continue-on-failure",
        "--warnings=off",
        "--output-sanitize=false",
    ]
    for name, value in headers.items():
        arguments.append(f"--header={name}:{value}")
    seen = pathlib.Path(server.folder.name) / "seen.json"
    environment = {**os.environ, "SLOTBRIDGE_KNOWN": json.dumps(known), "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE), "SLOTBRIDGE_SEEN": str(seen), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(arguments, cwd=server.folder.name, env=environment)
    # A run that never gets in says nothing.
    told = json.loads(seen.read_text())
    never = {name for name, statuses in told.items() if not any(status < "3" for status in statuses)}
    never = sorted(never - UNREACHED)
    if never:
        print(f"no call of these succeeded: {', '.join(never)}: {[told[name] for name in never]}")
    return ran.returncode == 0 and not never


def main():
    binary = sys.argv[1]
    full = "--full" in sys.argv or os.environ.get("SLOTBRIDGE_DOSE") == "full"
    failed = []
    for face in FACES:
        print(f"== {face}", flush=True)
        server = Server(binary)
        try:
            held = test(binary, face, server, full)
        finally:
            bad = server.stop()
        for line in bad:
            print(line.rstrip())
        if bad or not held:
            failed.append(face)
    if failed:
        sys.exit(f"schemathesis found something in {', '.join(failed)}")


if __name__ == "__main__":
    main()
