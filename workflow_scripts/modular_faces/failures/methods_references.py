"""The papers that the methods of a failure study rest on, by how its text cites them."""

from __future__ import annotations

from typing import Final

PAIRED: Final = "Newcombe, 1998a"
INDEPENDENT: Final = "Newcombe, 1998b"

REFERENCES: Final = {
    "Baltrusaitis et al., 2018": "Baltrusaitis, T., Zadeh, A., Lim, Y. C., & Morency, L.-P. (2018). OpenFace 2.0: "
    "Facial behavior analysis toolkit. FG 2018, 59-66. https://doi.org/10.1109/FG.2018.00019",
    "Bergsma, 2013": "Bergsma, W. (2013). A bias-correction for Cramer's V and Tschuprow's T. Journal of the Korean "
    "Statistical Society, 42, 323-328. https://doi.org/10.1016/j.jkss.2012.10.002",
    "Cliff, 1996": "Cliff, N. (1996). Answering ordinal questions with ordinal data using ordinal statistics. "
    "Multivariate Behavioral Research, 31, 331-350. https://doi.org/10.1207/s15327906mbr3103_4",
    "Cox, 1975": "Cox, D. R. (1975). A note on data-splitting for the evaluation of significance levels. Biometrika, "
    "62, 441-444. https://doi.org/10.1093/biomet/62.2.441",
    "DiCiccio & Romano, 2017": "DiCiccio, C. J., & Romano, J. P. (2017). Robust permutation tests for correlation "
    "and regression coefficients. Journal of the American Statistical Association, 112, 1211-1220. "
    "https://doi.org/10.1080/01621459.2016.1202117",
    "Efron & Tibshirani, 1993": "Efron, B., & Tibshirani, R. J. (1993). An introduction to the bootstrap. Chapman & "
    "Hall. https://doi.org/10.1201/9780429246593",
    "Holm, 1979": "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of "
    "Statistics, 6, 65-70.",
    "Kartynnik et al., 2019": "Kartynnik, Y., Ablavatski, A., Grishchenko, I., & Grundmann, M. (2019). Real-time "
    "facial surface geometry from monocular video on mobile GPUs. https://arxiv.org/abs/1907.06724",
    "Kazemi & Sullivan, 2014": "Kazemi, V., & Sullivan, J. (2014). One millisecond face alignment with an ensemble "
    "of regression trees. CVPR 2014, 1867-1874. https://doi.org/10.1109/CVPR.2014.241",
    "King, 2009": "King, D. E. (2009). Dlib-ml: A machine learning toolkit. Journal of Machine Learning Research, "
    "10, 1755-1758.",
    "Lundberg & Lee, 2017": "Lundberg, S. M., & Lee, S.-I. (2017). A unified approach to interpreting model "
    "predictions. Advances in Neural Information Processing Systems, 30. "
    "https://doi.org/10.48550/arXiv.1705.07874",
    "Mann & Whitney, 1947": "Mann, H. B., & Whitney, D. R. (1947). On a test of whether one of two random variables "
    "is stochastically larger than the other. Annals of Mathematical Statistics, 18, 50-60. "
    "https://doi.org/10.1214/aoms/1177730491",
    "McNemar, 1947": "McNemar, Q. (1947). Note on the sampling error of the difference between correlated "
    "proportions or percentages. Psychometrika, 12, 153-157. https://doi.org/10.1007/BF02295996",
    PAIRED: "Newcombe, R. G. (1998a). Improved confidence intervals for the difference between binomial proportions "
    "based on paired data. Statistics in Medicine, 17, 2635-2650. https://doi.org/10.1002/"
    "(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C",
    INDEPENDENT: "Newcombe, R. G. (1998b). Interval estimation for the difference between independent proportions: "
    "comparison of eleven methods. Statistics in Medicine, 17, 873-890. https://doi.org/10.1002/"
    "(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I",
    "Shannon, 1948": "Shannon, C. E. (1948). A mathematical theory of communication. Bell System Technical Journal, "
    "27, 379-423. https://doi.org/10.1002/j.1538-7305.1948.tb01338.x",
    "van Elteren, 1960": "van Elteren, P. H. (1960). On the combination of independent two sample tests of Wilcoxon. "
    "Bulletin of the International Statistical Institute, 37, 351-361.",
    "Westfall & Young, 1993": "Westfall, P. H., & Young, S. S. (1993). Resampling-based multiple testing. Wiley.",
    "Wilson, 1927": "Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. "
    "Journal of the American Statistical Association, 22, 209-212. "
    "https://doi.org/10.1080/01621459.1927.10502953",
}


def with_references(text: str) -> str:
    """Add the list of all papers that a text cites, as Markdown; a year needs its letter only beside another.

    Parameters
    ----------
    text : str
        Paragraphs; citations are keys of `REFERENCES`.

    Returns
    -------
    str
    """
    cited = [reference for key, reference in REFERENCES.items() if key in text]
    listed = "\n".join(f"- {reference}" for reference in sorted(cited, key=str.casefold))
    whole = f"{text}\n\n## References\n\n{listed}\n"
    if PAIRED in text and INDEPENDENT in text:
        return whole
    return whole.replace("1998a", "1998").replace("1998b", "1998")
