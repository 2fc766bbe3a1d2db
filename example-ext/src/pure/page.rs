//! Fetching pages over HTTP and HTTPS.

use std::error::Error;
use std::fmt;
use std::panic::resume_unwind;
use std::time::Duration;

use reqwest::Client;
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// What a server answered, errors of the server included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The address after redirects.
    pub url: String,
    /// The status, such as 200 or 404.
    pub status: u16,
    /// The content as it was sent; what is compressed stays so.
    pub body: Vec<u8>,
}

/// Why there is no page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchError {
    /// The address is none, or nobody answers there, or the connection broke; with the causes.
    Failed(String),
    /// It took longer than allowed.
    TimedOut(String, Duration),
    /// The body is larger than allowed, in bytes.
    TooLarge(String, usize),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(causes) => write!(f, "{causes}"),
            Self::TimedOut(url, limit) => write!(f, "{url} took longer than {} s", limit.as_secs_f64()),
            Self::TooLarge(url, limit) => write!(f, "{url} is larger than {limit} bytes"),
        }
    }
}

impl Error for FetchError {}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        Self::Failed(with_causes(&error))
    }
}

/// Gets a page, following redirects, within `limit` for all of it and with at most `max_bytes` of content.
///
/// Dropping the future closes the connection: that is how a cancelled task of asyncio ends the work here.
pub async fn get(url: &str, limit: Duration, max_bytes: usize) -> Result<Page, FetchError> {
    let page = timeout(limit, get_at_leisure(url, max_bytes)).await;
    page.unwrap_or_else(|_| Err(FetchError::TimedOut(url.to_owned(), limit)))
}

async fn get_at_leisure(url: &str, max_bytes: usize) -> Result<Page, FetchError> {
    let mut response = client().await?.get(url).send().await?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > max_bytes {
            return Err(FetchError::TooLarge(url.to_owned(), max_bytes));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Page { url: response.url().to_string(), status: response.status().as_u16(), body })
}

/// One client for the process: it holds the open connections and the certificates that the system trusts.
static CLIENT: OnceCell<Client> = OnceCell::const_new();

async fn client() -> Result<&'static Client, FetchError> {
    // Reading the certificates may take a while, and must not keep a thread of the runtime from other futures and their timeouts.
    let made = || async {
        // The runtime lives as long as the process and nobody aborts the call, so only a panic ends it early.
        spawn_blocking(new_client).await.unwrap_or_else(|error| resume_unwind(error.into_panic()))
    };
    CLIENT.get_or_try_init(made).await
}

fn new_client() -> Result<Client, FetchError> {
    // Fails when there is a provider already, and then that one is used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
    Ok(Client::builder().user_agent(agent).build()?)
}

/// reqwest's own message is "error sending request"; the reason is in its sources.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    fn get_blocking(url: &str, max_bytes: usize) -> Result<Page, FetchError> {
        pyo3_async_runtimes::tokio::get_runtime().block_on(get(url, Duration::from_secs(20), max_bytes))
    }

    #[test]
    fn a_page_is_fetched_within_its_limit() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            for _ in 0..2 {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 1024];
                assert!(stream.read(&mut request).unwrap() > 0);
                stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello").unwrap();
            }
        });
        assert_eq!(get_blocking(&url, 5), Ok(Page { url: url.clone(), status: 404, body: b"hello".to_vec() }));
        assert_eq!(get_blocking(&url, 4), Err(FetchError::TooLarge(url, 4)));
        server.join().unwrap();
    }

    #[test]
    fn failures_tell_their_causes() {
        assert!(matches!(get_blocking("nonsense", 1), Err(FetchError::Failed(causes)) if causes.contains("relative URL without a base")));
    }
}
