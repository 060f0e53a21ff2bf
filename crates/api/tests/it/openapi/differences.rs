//! Where our PMS API differs from the published file, and why (WIRE-10).

/// A difference that is meant. In each text `*` stands for anything; `-` is what is not there.
pub(super) struct Known {
    pub(super) at: &'static str,
    pub(super) theirs: &'static str,
    pub(super) ours: &'static str,
    pub(super) why: &'static str,
}

const fn known(
    at: &'static str,
    theirs: &'static str,
    ours: &'static str,
    why: &'static str,
) -> Known {
    Known {
        at,
        theirs,
        ours,
        why,
    }
}

pub(super) const DIFFERENCES: &[Known] = &[
    // Beyond the file, or said otherwise.
    known(
        "PUT /subscription/{id}",
        "-",
        "operation",
        "vendors use it, though the file does not have it (SUB-1)",
    ),
    known(
        "POST /subscription callback *",
        "operation",
        "-",
        "what a callback holds is said in words, and in the schema of the error log",
    ),
    // Answers that the published file does not declare (WIRE-10).
    known(
        "* 403",
        "-",
        "answer",
        "no live consent is told apart from a wrong key (AUTH-1)",
    ),
    known("* 503", "-", "answer", "the store can be out of reach"),
    known(
        "POST * 408",
        "-",
        "answer",
        "a body must come in time (WIRE-5)",
    ),
    known("POST * 413", "-", "answer", "bodies are bounded (WIRE-3)"),
    known(
        "POST * 415",
        "-",
        "answer",
        "a body that is no JSON, or packed in an unknown way, is not guessed at (WIRE-3)",
    ),
    known(
        "GET /requests/* 400",
        "-",
        "answer",
        "a page that is no positive integer (WIRE-6)",
    ),
    known(
        "POST /features/* 400",
        "-",
        "answer",
        "a body that cannot be unpacked (WIRE-3)",
    ),
    known(
        "GET /subscriptionErrorLog 400",
        "-",
        "answer",
        "a page or time that is none (WIRE-6)",
    ),
    known("GET /config/*/findById 400", "-", "answer", "a missing id"),
    known(
        "* 401 application/json",
        "-",
        "object",
        "every failure says what is wrong (WIRE-5)",
    ),
    known(
        "* 404 application/json",
        "-",
        "object",
        "every failure says what is wrong (WIRE-5)",
    ),
    known(
        "POST * 200 application/json",
        "-",
        "object",
        "generated clients parse every answer as JSON: it is {} (WIRE-7)",
    ),
    known(
        "GET /attachDocuments/{requestId} 400",
        "answer",
        "-",
        "there is nothing that could be wrong with it: a path id that is none is 404 (WIRE-5)",
    ),
    // Bodies of which we say more.
    known(
        "POST /documents/* body *.bookingId presence",
        "optional",
        "required",
        "the text says that it is required, or there is nothing without it (DOC-1, DOC-2)",
    ),
    known(
        "POST /documents/* body *.pmsDocumentId presence",
        "optional",
        "required",
        "the text says that it is required, or there is nothing without it (DOC-1, DOC-2)",
    ),
    known(
        "POST /documents/* body *.documentContent presence",
        "optional",
        "required",
        "the text says that it is required, or there is nothing without it (DOC-1, DOC-2)",
    ),
    // Answers in which we promise more.
    known(
        "* 200 * presence",
        "optional",
        "required",
        "an answer never leaves these out",
    ),
    known(
        "POST * 403 application/json .error presence",
        "optional",
        "required",
        "a failure always says what is wrong (WIRE-5)",
    ),
    known(
        "POST * 400 application/json .error presence",
        "optional",
        "required",
        "a failure always says what is wrong (WIRE-4)",
    ),
    known(
        "GET /subscriptionErrorLog 200 application/json .data [] .timestamp",
        "-",
        "string (datetime)",
        "the published samples have it (SUB-4)",
    ),
    known(
        "* 410 application/json .error presence",
        "optional",
        "required",
        "a failure always says what is wrong (WIRE-4)",
    ),
    known(
        "POST /documents/* 403 application/json .error presence",
        "optional",
        "required",
        "a failure always says what is wrong (WIRE-4)",
    ),
    // What the text says and the declared type does not (WIRE-9); the profile `generated` keeps to
    // the type.
    known(
        "* /subscription* .expireAt",
        "string (datetime)",
        "string (datetime)?",
        "the text says that it can be null",
    ),
    known(
        "GET /subscriptionErrorLog 200 application/json .data [] * .clientId",
        "string",
        "string?",
        "the published samples have null",
    ),
    known(
        "GET /subscriptionErrorLog 200 application/json .data [] .clientId",
        "string",
        "string?",
        "the published samples have null",
    ),
    known(
        "GET /subscriptionErrorLog 200 application/json .data [] .payload .data .target",
        "string",
        "string?",
        "the text shows null for what has no list",
    ),
    known(
        "GET /requests/bookings 200 application/json .data [] .pmsResourceId",
        "string",
        "string?",
        "the text says that it can be null",
    ),
    known(
        "GET /requests/bookings 200 application/json .data [] .pmsAppointmentTypeId",
        "string",
        "string?",
        "the text says that it can be null",
    ),
    known(
        "GET /requests/bookings 200 application/json .data [] .pmsPatientId",
        "string",
        "string?",
        "the text says that it can be null",
    ),
    known(
        "GET /requests/bookings 200 application/json .data [] .patient .medicareNumber",
        "string",
        "string?",
        "the text says that it can be null",
    ),
    known(
        "GET /requests/bookings 200 application/json .data [] .patient .medicareIrn",
        "string",
        "string?",
        "the text says that it can be null",
    ),
    known(
        "GET /requests/bookings 200 application/json .data [] .patient .medicareExpiry",
        "string",
        "string?",
        "the text says that it can be null",
    ),
    known(
        "GET /requests/bookings 200 application/json .data [] .patient .gender",
        "string Female|Male|Other",
        "string Female|Male|Other?",
        "the text says that it can be null",
    ),
    known(
        "GET /requests/bookings 200 application/json .data [] .patient .dob",
        "string (date)",
        "string",
        "it is DD-MM-YYYY, which the format date is not: a pattern says so",
    ),
    // `time` is a time with an offset since OpenAPI 3.1: ours is said by a pattern.
    known(
        "* /config/livenessContract * .liveHours .* [] .start",
        "string (time)",
        "string",
        "HH:MM is no time with an offset (WIRE-1)",
    ),
    known(
        "* /config/livenessContract * .liveHours .* [] .end",
        "string (time)",
        "string",
        "HH:MM is no time with an offset (WIRE-1)",
    ),
    known(
        "POST /availability/snapshot* .availability [] .start",
        "string (time)",
        "string",
        "HH:MM is no time with an offset (WIRE-1)",
    ),
    known(
        "POST /availability/snapshot* .availability [] .end",
        "string (time)",
        "string",
        "HH:MM is no time with an offset (WIRE-1)",
    ),
    known(
        "POST /config/livenessContract body * [] .start presence",
        "optional",
        "required",
        "a range without a start is none (CONF-3)",
    ),
    known(
        "POST /config/livenessContract body * [] .end presence",
        "optional",
        "required",
        "a range without an end is none (CONF-3)",
    ),
];
