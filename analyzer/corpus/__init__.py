"""Dumps of any size -> two Parquet tables, one of comments and one of threads, with bounded memory.

    inputs --scatter--> rows by bucket --analyse--> parts --merge--> OUT.parquet, OUT.threads.parquet, OUT.html

All rows of a thread fall into one bucket, so a bucket can be analysed alone, on any machine. What is finished is
kept in the folder `OUT.work` under its final name only: a killed run goes on where it was, to the same tables.
"""

from analyzer.corpus.run import Report, run_corpus
from analyzer.corpus.summary import CorpusSummary, render_summary, summarise

__all__ = ["CorpusSummary", "Report", "render_summary", "run_corpus", "summarise"]
