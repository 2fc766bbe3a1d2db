//! The WHOIS protocol (RFC 3912): one line goes to a server, text comes back until it hangs up. Nothing here knows of Python.

use std::{fmt, io};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// No answer is longer, in bytes: a server that never stops talking must not fill the memory.
const LONGEST_ANSWER: u64 = 1 << 20;

/// Why a lookup has no answer.
#[derive(Debug)]
pub enum Error {
    /// The query is empty, or has a line break in it and would be more than one.
    Query(String),
    /// The server sent more than [`LONGEST_ANSWER`].
    TooLong,
    /// The server cannot be reached, or the connection broke.
    Connection(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Query(query) => write!(f, "{query:?} is not a line of text"),
            Self::TooLong => write!(f, "the answer is longer than {LONGEST_ANSWER} bytes"),
            Self::Connection(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Connection(error)
    }
}

/// What the server at `host` and `port` answers to the query.
///
/// Dropping the future closes the connection.
pub async fn lookup(query: &str, host: &str, port: u16) -> Result<String, Error> {
    if query.trim().is_empty() || query.contains(['\r', '\n']) {
        return Err(Error::Query(query.to_owned()));
    }
    let mut server = TcpStream::connect((host, port)).await?;
    server.write_all(format!("{query}\r\n").as_bytes()).await?;

    let mut answer = Vec::new();
    server
        .take(LONGEST_ANSWER + 1)
        .read_to_end(&mut answer)
        .await?;
    if answer.len() as u64 > LONGEST_ANSWER {
        return Err(Error::TooLong);
    }
    // The protocol names no encoding: what is not UTF-8 becomes `�` instead of an error.
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::thread;

    use tokio::runtime::Builder;

    use super::*;

    /// The answer to one query, given by a server on this machine.
    fn ask(query: &str, answer: &'static [u8]) -> Result<String, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        thread::spawn(move || {
            let (mut client, _) = listener.accept().expect("a client");
            let mut line = String::new();
            BufReader::new(&client)
                .read_line(&mut line)
                .expect("a query");
            assert!(line.ends_with("\r\n"));
            client.write_all(line.as_bytes()).expect("a listener");
            // The client hangs up before the end of an answer that is too long.
            let _ = client.write_all(answer);
        });
        let runtime = Builder::new_current_thread().enable_io().build()?;
        runtime.block_on(lookup(query, "127.0.0.1", port))
    }

    #[test]
    fn the_answer_is_all_that_the_server_sends() {
        let answer = ask("example.com", b"status: ACTIVE\nperson: Ren\xe9\n").expect("an answer");
        assert_eq!(
            answer,
            "example.com\r\nstatus: ACTIVE\nperson: Ren\u{fffd}\n"
        );
    }

    #[test]
    fn a_query_is_one_line() {
        for query in ["", " ", "a\r\nb"] {
            assert!(matches!(ask(query, b""), Err(Error::Query(_))), "{query:?}");
        }
    }

    #[test]
    fn endless_answers_are_refused() {
        let answer = ask("example.com", &[b'x'; LONGEST_ANSWER as usize]);
        assert!(matches!(answer, Err(Error::TooLong)));
    }
}
