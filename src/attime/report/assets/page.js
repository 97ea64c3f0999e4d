// What starts the page: the theme, and every figure in its place.

startTheme();
if (find("learning")) drawLearning(find("learning"));
startGallery();
drawMeanEvidence(find("mean-evidence"));
drawAround(find("aligned-evidence"));
if (find("reliability")) drawReliability(find("reliability"));
drawOdd(find("odd"), openRow);
if (find("deletion")) drawDeletion(find("deletion"));
document.querySelectorAll("#channels [data-share]").forEach((bar) => bar.style.setProperty("--share", bar.dataset.share));
