//! `slotbridge admin staff`

use super::job::{Body, Column, Job, PageArgs};
use crate::http::Call;

const COLUMNS: &[Column] = &[
    ("ID", "/staffId"),
    ("NAME", "/name"),
    ("EMAIL", "/email"),
    ("ROLE", "/role"),
    ("SET UP", "/setUp"),
    ("ACTIVE", "/active"),
];

const SESSIONS: &[Column] = &[
    ("ID", "/sessionId"),
    ("BEGAN", "/createdAt"),
    ("LAST USED", "/lastSeenAt"),
    ("ENDS", "/expiresAt"),
];

/// What somebody is at a practice.
#[derive(clap::ValueEnum, Clone, Copy)]
pub(super) enum Role {
    /// Everything at the practice, its settings and staff too
    Manager,
    /// Bookings, documents, and what needs attention
    Receptionist,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Manager => "manager",
            Self::Receptionist => "receptionist",
        }
    }
}

/// Accounts of practices' staff
#[derive(clap::Subcommand)]
#[command(after_help = "Example: slotbridge admin staff add 1 \"Kim Lee\" kim@clinic.example")]
pub(super) enum Command {
    /// Takes somebody on at a practice, and shows once the token of the link that sets them up:
    /// `PUBLIC_URL/portal/open?token=TOKEN`
    #[command(after_help = "\
Examples:
  slotbridge admin staff add 1 \"Kim Lee\" kim@clinic.example
  slotbridge admin staff add 1 \"Jo Day\" jo@clinic.example --role manager")]
    Add {
        /// The practice's id
        practice: i64,
        /// Their name
        name: String,
        /// Their mail address; one that has an account keeps it
        email: String,
        /// What they are there
        #[arg(long, value_enum, default_value = "receptionist")]
        role: Role,
    },
    /// Lists accounts: of a practice, or all
    #[command(after_help = "Example: slotbridge admin staff list 1")]
    List {
        /// The practice's id
        practice: Option<i64>,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Shows an account and its practices
    #[command(after_help = "Example: slotbridge admin staff show 1")]
    Show {
        /// The account's id
        staff: i64,
    },
    /// Changes what somebody is at a practice; they sign in anew
    #[command(after_help = "Example: slotbridge admin staff role 1 1 manager")]
    Role {
        /// The practice's id
        practice: i64,
        /// The account's id
        staff: i64,
        /// What they are there
        #[arg(value_enum)]
        role: Role,
    },
    /// Takes somebody off a practice's staff; an account without a practice is deleted
    #[command(after_help = "Example: slotbridge admin staff remove 1 1")]
    Remove {
        /// The practice's id
        practice: i64,
        /// The account's id
        staff: i64,
    },
    /// Makes a link for a new password (and a new second factor), and shows its token once
    #[command(after_help = "\
Examples:
  slotbridge admin staff link 1 1                     a forgotten password, or a lock
  slotbridge admin staff link 1 1 --second-factor     a lost phone too")]
    Link {
        /// The practice's id
        practice: i64,
        /// The account's id
        staff: i64,
        /// Set up the second factor anew too
        #[arg(long)]
        second_factor: bool,
    },
    /// Lets nobody sign in to an account, and ends its sessions
    #[command(after_help = "Example: slotbridge admin staff deactivate 1")]
    Deactivate {
        /// The account's id
        staff: i64,
    },
    /// Lets an account be signed in to again
    #[command(after_help = "Example: slotbridge admin staff activate 1")]
    Activate {
        /// The account's id
        staff: i64,
    },
    /// Lists the live sessions of an account
    #[command(after_help = "Example: slotbridge admin staff sessions 1")]
    Sessions {
        /// The account's id
        staff: i64,
    },
    /// Ends the sessions of an account, or one of them
    #[command(after_help = "Example: slotbridge admin staff sign-out 1")]
    SignOut {
        /// The account's id
        staff: i64,
        /// The session's id; all if not given
        session: Option<i64>,
    },
}

fn set_active(staff: i64, active: bool) -> Job {
    let body = Body::default().with("active", Some(active));
    Job::one(Call::patch(format!("staff/{staff}"), body.into()))
}

impl Command {
    pub(super) fn job(self) -> Job {
        match self {
            Self::Add {
                practice,
                name,
                email,
                role,
            } => {
                let body = Body::default()
                    .with("name", Some(name))
                    .with("email", Some(email))
                    .with("role", Some(role.name()));
                Job::one(Call::post(
                    format!("practices/{practice}/staff"),
                    body.into(),
                ))
            }
            Self::List {
                practice: Some(practice),
                ..
            } => Job::list(Call::get(format!("practices/{practice}/staff")), COLUMNS),
            Self::List { page, .. } => {
                Job::list(Call::get("staff").with("page", page.page), COLUMNS)
            }
            Self::Show { staff } => Job::one(Call::get(format!("staff/{staff}"))),
            Self::Role {
                practice,
                staff,
                role,
            } => {
                let body = Body::default().with("role", Some(role.name()));
                let path = format!("practices/{practice}/staff/{staff}");
                Job::done(Call::patch(path, body.into()), "Changed.")
            }
            Self::Remove { practice, staff } => {
                let path = format!("practices/{practice}/staff/{staff}");
                Job::done(Call::delete(path), "Removed.")
            }
            Self::Link {
                practice,
                staff,
                second_factor,
            } => {
                let kind = if second_factor { "setUp" } else { "password" };
                let body = Body::default().with("kind", Some(kind));
                let path = format!("practices/{practice}/staff/{staff}/links");
                Job::one(Call::post(path, body.into()))
            }
            Self::Deactivate { staff } => set_active(staff, false),
            Self::Activate { staff } => set_active(staff, true),
            Self::Sessions { staff } => {
                Job::list(Call::get(format!("staff/{staff}/sessions")), SESSIONS)
            }
            Self::SignOut { staff, session } => {
                let path = match session {
                    Some(session) => format!("staff/{staff}/sessions/{session}"),
                    None => format!("staff/{staff}/sessions"),
                };
                Job::done(Call::delete(path), "Ended.")
            }
        }
    }
}
