//! stub
use crate::failure::Failure;
pub(crate) struct Options {
    pub(crate) listen: Option<std::net::SocketAddr>,
    pub(crate) data_dir: Option<std::path::PathBuf>,
    pub(crate) once: bool,
}
pub(crate) fn run(o: Options) -> Result<(), Failure> {
    let _ = (o.listen, o.data_dir, o.once);
    Ok(())
}
