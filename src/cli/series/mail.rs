//! One patch as a mail that `git am` takes: who, when, what, and the bytes.

use std::fmt::Write;

use super::super::git::identity::Identity;
use super::encode::{header_text, phrase, quoted_printable};
use super::message::Message;
use super::stat::{FileStat, diffstat};

/// The first line of every patch that git formats. The commit is not known before it is made.
const FROM: &str = "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\n";

/// The header that says who wrote a patch, up to the version.
pub const MAILER: &str = "X-Mailer: codemend ";

/// One of several patches.
pub struct Mail<'a> {
    /// From 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    pub author: &'a Identity,
    pub message: &'a Message,
    pub files: &'a [FileStat],
    /// From `diff --git` on.
    pub patch: &'a str,
}

impl Mail<'_> {
    /// The whole mail.
    pub fn text(&self) -> String {
        let body = self.body();
        let mut mail = FROM.to_owned();
        let author = self.author;
        let _ = writeln!(mail, "From: {} <{}>", phrase(&author.name), author.email);
        let _ = writeln!(mail, "Date: {}", author.when.in_mail());
        let subject = header_text(&self.message.subject);
        let _ = writeln!(mail, "Subject: {} {subject}", self.tag());
        let _ = writeln!(mail, "{MAILER}{}", env!("CARGO_PKG_VERSION"));
        if body.contains("\r\n") {
            mail.push_str(&encoding("quoted-printable"));
            mail.push('\n');
            mail.push_str(&quoted_printable(&body));
            return mail;
        }
        if !body.is_ascii() {
            mail.push_str(&encoding("8bit"));
        }
        mail.push('\n');
        mail + &body
    }

    /// `[PATCH 02/11]`
    fn tag(&self) -> String {
        let width = self.of.to_string().len();
        match self.of {
            1 => "[PATCH]".to_owned(),
            of => format!("[PATCH {:0width$}/{of}]", self.number),
        }
    }

    fn body(&self) -> String {
        let version = env!("CARGO_PKG_VERSION");
        let (body, stat) = (&self.message.body, diffstat(self.files));
        format!("{body}---\n{stat}\n{}-- \ncodemend {version}\n", self.patch)
    }
}

fn encoding(transfer: &str) -> String {
    format!(
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: {transfer}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::super::super::git::identity::Moment;
    use super::{FileStat, Identity, MAILER, Mail, Message};

    fn mail(patch: &str, name: &str) -> String {
        let message = Message {
            subject: "mend-it: mend 1 place".into(),
            body: "Why.\n".into(),
        };
        let author = Identity {
            name: name.into(),
            email: "a@example.org".into(),
            when: Moment {
                seconds: 0,
                minutes_ahead: -90,
            },
        };
        let stat = FileStat::of("x".into(), patch, false);
        let mail = Mail {
            number: 2,
            of: 12,
            author: &author,
            message: &message,
            files: &[stat],
            patch,
        };
        mail.text()
    }

    #[test]
    fn is_what_git_would_have_formatted() {
        let patch = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n";
        let version = env!("CARGO_PKG_VERSION");
        let want = format!(
            "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\n\
             From: Ann <a@example.org>\nDate: Wed, 31 Dec 1969 22:30:00 -0130\n\
             Subject: [PATCH 02/12] mend-it: mend 1 place\n{MAILER}{version}\n\nWhy.\n---\n \
             x | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\n{patch}-- \ncodemend {version}\n"
        );
        assert_eq!(mail(patch, "Ann"), want);
    }

    #[test]
    fn bytes_travel_as_they_must() {
        let plain = mail("@@ -1 +1 @@\n-a\r\n+b\r\n", "Ünn");
        assert!(plain.contains("From: =?UTF-8?q?=C3=9Cnn?= <"), "{plain}");
        assert!(
            plain.contains("\nContent-Transfer-Encoding: quoted-printable\n\nWhy.\n"),
            "{plain}"
        );
        assert!(
            plain.contains("\n-a=0D\n+b=0D\n") && plain.is_ascii(),
            "{plain}"
        );
        let eight = mail("@@ -1 +1 @@\n-a\n+ü\rx\n", "Ann");
        assert!(
            eight.contains("charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n"),
            "{eight}"
        );
    }
}
