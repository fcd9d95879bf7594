//! Who a commit is by: read where git reads it, in the order of git.
//!
//! `GIT_AUTHOR_NAME` and its like come first, then `author.name`, then `user.name`. git would make up an address from the
//! name of the machine when there is none; a commit that nobody has signed for is not made here.

use std::env;

use anyhow::{Context, bail};
use camino::Utf8Path;
use git2::{Config, Repository, RepositoryOpenFlags};
use jiff::fmt::{rfc2822, strtime};
use jiff::tz::Offset;
use jiff::{Timestamp, Zoned};

/// In which part somebody has to do with a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Author,
    Committer,
}

impl Role {
    fn variable(self, what: &str) -> Option<String> {
        let name = match self {
            Self::Author => "AUTHOR",
            Self::Committer => "COMMITTER",
        };
        env::var(format!("GIT_{name}_{what}")).ok()
    }

    fn section(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Committer => "committer",
        }
    }
}

/// A person and a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Without control characters, `<` and `>`; not empty.
    pub name: String,
    /// The same.
    pub email: String,
    pub when: Moment,
}

/// A moment, and the clock it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Since 1970.
    pub seconds: i64,
    /// How far the clock is ahead of UTC.
    pub minutes_ahead: i32,
}

impl Moment {
    pub fn now() -> Self {
        Self::of(&Zoned::now())
    }

    fn of(time: &Zoned) -> Self {
        Self {
            seconds: time.timestamp().as_second(),
            minutes_ahead: time.offset().seconds() / 60,
        }
    }

    /// As the `Date:` of a mail has it: `Sat, 21 Nov 2026 21:13:40 +0000`.
    pub fn in_mail(self) -> String {
        let offset = Offset::from_seconds(self.minutes_ahead * 60).unwrap_or(Offset::UTC);
        let time = Timestamp::from_second(self.seconds).unwrap_or(Timestamp::UNIX_EPOCH);
        let time = time.to_zoned(offset.to_time_zone());
        time.strftime("%a, %d %b %Y %H:%M:%S %z").to_string()
    }
}

/// The settings of git that hold in `directory`, those of the user and the system among them.
///
/// # Errors
/// They cannot be read.
pub fn settings(directory: &Utf8Path) -> anyhow::Result<Config> {
    // Only so are GIT_CONFIG_GLOBAL and GIT_CONFIG_NOSYSTEM honoured.
    let flags = RepositoryOpenFlags::FROM_ENV;
    let repository = Repository::open_ext(directory, flags, &[] as &[&str]);
    let config = match repository {
        Ok(repository) => repository.config(),
        Err(_) => Config::open_default(),
    };
    let config = config.and_then(|mut config| config.snapshot());
    config.context("cannot read the settings of git")
}

/// Who git would take for the `role` here; `None` when nobody has said so.
///
/// # Errors
/// A date in the environment cannot be read; the message names it.
pub fn identity(config: &Config, role: Role) -> anyhow::Result<Option<Identity>> {
    let setting = |key: &str| {
        let own = config.get_string(&format!("{}.{key}", role.section()));
        let own = own.or_else(|_| config.get_string(&format!("user.{key}")));
        own.ok()
    };
    let name = role.variable("NAME").or_else(|| setting("name"));
    let email = role.variable("EMAIL").or_else(|| setting("email"));
    let email = email.or_else(|| env::var("EMAIL").ok());
    let when = match role.variable("DATE") {
        Some(text) => date(&text).with_context(|| format!("{role:?} date of git"))?,
        None => Moment::now(),
    };
    let name = name.map(|name| cleaned(&name));
    let email = email.map(|email| cleaned(&email));
    Ok(match (name, email) {
        (Some(name), Some(email)) if !name.is_empty() && !email.is_empty() => {
            Some(Identity { name, email, when })
        }
        _ => None,
    })
}

/// `text` without what would end a name or an address, as git takes it away.
fn cleaned(text: &str) -> String {
    let is_crud = |c: char| c <= ' ' || ".,:;<>\"\\'".contains(c);
    let kept = |c: &char| !c.is_control() && *c != '<' && *c != '>';
    text.trim_matches(is_crud).chars().filter(kept).collect()
}

/// What `GIT_AUTHOR_DATE` says: `1112911993 +0200`, RFC 2822 or ISO 8601.
fn date(text: &str) -> anyhow::Result<Moment> {
    let text = text.trim();
    if let Some(moment) = seconds(text) {
        return Ok(moment);
    }
    if let Ok(time) = rfc2822::parse(text) {
        return Ok(Moment::of(&time));
    }
    for format in [
        "%Y-%m-%dT%H:%M:%S%z",
        "%Y-%m-%d %H:%M:%S %z",
        "%Y-%m-%dT%H:%M:%S%:z",
    ] {
        if let Ok(time) = strtime::parse(format, text).and_then(|parts| parts.to_zoned()) {
            return Ok(Moment::of(&time));
        }
    }
    bail!("`{text}` cannot be read; write it as `2005-04-07T22:13:13+0200`")
}

fn seconds(text: &str) -> Option<Moment> {
    let (seconds, zone) = text.strip_prefix('@').unwrap_or(text).split_once(' ')?;
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = zone.get(1..).filter(|digits| digits.len() == 4)?;
    let ahead: i32 = digits.parse().ok()?;
    Some(Moment {
        seconds: seconds.parse().ok()?,
        minutes_ahead: sign * (ahead / 100 * 60 + ahead % 100),
    })
}

#[cfg(test)]
mod tests {
    use super::{Moment, cleaned, date};

    #[test]
    fn dates_are_read_as_git_writes_them() {
        let want = Moment {
            seconds: 1_112_904_793,
            minutes_ahead: 120,
        };
        for text in [
            "1112904793 +0200",
            "@1112904793 +0200",
            "Thu, 07 Apr 2005 22:13:13 +0200",
            "2005-04-07T22:13:13+0200",
            "2005-04-07 22:13:13 +0200",
            "2005-04-07T22:13:13+02:00",
        ] {
            assert_eq!(date(text).unwrap(), want, "{text}");
        }
        assert_eq!(want.in_mail(), "Thu, 07 Apr 2005 22:13:13 +0200");
        assert!(date("noon yesterday").is_err());
    }

    #[test]
    fn names_cannot_end_their_line() {
        assert_eq!(cleaned(" A. <B>\nC\u{1b} \"."), "A. BC");
        assert_eq!(cleaned("<a@b>"), "a@b");
        assert_eq!(cleaned(" .\n"), "");
    }
}
