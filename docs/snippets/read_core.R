# Reads features_core.csv with base R, no packages:
#   Rscript docs/snippets/read_core.R results/sample/features_core.csv
path <- commandArgs(trailingOnly = TRUE)[1]
faces <- read.csv(path, na.strings = "", encoding = "UTF-8")

cat("rows", nrow(faces), "\n")
cat("columns", ncol(faces), "\n")
cat("success share", format(mean(faces$success), digits = 4), "\n")
if (!all(faces$success)) print(table(faces$failure_reason))

good <- faces[faces$success, ]
landmarks <- as.matrix(good[c(paste0("x_", 0:67), paste0("y_", 0:67))])
colour <- as.matrix(good[grep("^color_.*_[0-9]+_face_oval$", names(good))])
if (nrow(good) > 0) stopifnot(is.numeric(landmarks), is.numeric(colour), is.numeric(good$yaw_deg))
cat("landmarks", dim(landmarks), "\n")
cat("colour bins of the face", dim(colour), "\n")
