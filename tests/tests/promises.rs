//! The promises of the design, by number; each test is a story of `soundpost_tests::promises`.

/// One test for each story.
macro_rules! promises {
    ($($chapter:ident { $($name:ident)* })*) => {
        $($(
            #[tokio::test]
            async fn $name() {
                soundpost_tests::promises::$chapter::$name().await;
            }
        )*)*
    };
}

promises! {
    silence {
        s1_after_a_pause_no_write_starts
        s1_the_next_process_stays_silent
        s1_an_order_in_the_file_alone_silences
        s1_an_order_in_the_journal_alone_silences
        s2_an_unreadable_switch_counts_as_on
        s2_a_switch_that_breaks_late_stops_the_write
        s3_a_pause_tells_what_became_of_what_was_under_way
        s3_a_pause_tells_what_became_public_in_the_last_day
        s4_a_halt_stops_a_delivery_at_the_claim
        s4_a_halt_after_the_fence_stops_the_write
        s4_an_event_after_the_fence_stops_the_write
        s4_later_parts_are_looked_at_again
        s4_a_retry_is_looked_at_again
        s4_now_by_hand_is_looked_at
        s4_staging_does_not_start_while_halted
        s4_an_order_silences_its_scope_alone
    }
    statement {
        s9_a_confirmed_statement_passes_the_pause
        s9_a_statement_is_confirmed_as_it_was_shown
        s9_a_confirmation_is_good_once
        s9_a_pause_after_the_look_voids_the_confirmation
        s9_a_statement_needs_a_pause
        s9_a_later_pause_stops_a_statement
        s9_an_edit_ends_a_statement
        s9_a_statement_expires
        s9_a_statement_is_first_in_line
        s9_a_statement_passes_only_the_events_that_were_shown
    }
    rules {
        s7_a_blackout_holds_and_its_end_releases_what_is_fresh
        s7_quiet_hours_warn_at_the_queue_and_hold_at_the_claim
        s7_a_campaign_and_the_configuration_have_windows_too
        s4_a_window_after_the_fence_stops_the_write
        s7_now_by_hand_is_held_in_a_window_and_an_approval_lets_it_through
        s7_an_approval_is_for_this_window
        s7_a_window_that_is_forgotten_lets_go
        s7_the_end_of_a_window_releases_nothing_that_is_paused
        s7_a_thread_that_has_begun_goes_on_into_quiet_hours
        s7_a_hashtag_that_rises_waits_for_a_person_and_never_goes_by_itself
        s8_an_old_list_of_hashtags_holds_nothing_and_is_reported
        s7_a_word_for_one_event_leaves_a_rising_hashtag_as_it_was
    }
    trends {
        s7_a_hashtag_that_a_watched_list_shows_waits
        s8_a_watched_list_that_cannot_be_read_counts_on_and_is_reported
    }
    limits {
        s7_a_second_post_that_sells_is_told_and_goes
        s7_a_day_that_is_full_holds_and_midnight_releases_what_is_fresh
        s7_a_day_that_is_full_is_only_told_unless_the_account_says_more
        s7_now_by_hand_is_told_of_a_limit_and_goes
        s7_an_approval_lets_a_limit_pass
        s7_a_thread_counts_once_and_is_not_torn_apart_by_a_limit
        s7_a_gap_that_is_set_moves_the_expected_time
        s7_a_gap_that_nobody_has_set_is_only_told
        s7_a_second_joke_in_a_week_is_told
        s7_the_same_words_for_two_accounts_are_told_unless_meant
    }
    shadow {
        s7_in_shadow_what_would_be_held_goes_and_the_receipt_says_so
        s7_in_shadow_a_critical_event_holds_until_it_is_high
        s1_in_shadow_a_pause_is_silent
        s7_switching_shadow_on_releases_nothing_by_itself
        s7_switching_shadow_off_holds_at_once
    }
    found {
        what_a_person_found_is_published_and_not_sent_again
        the_rest_of_a_thread_that_was_found_waits
        what_is_not_unknown_cannot_be_found
        what_has_an_address_alone_is_not_taken_back
    }
    resume {
        s5_a_plan_lists_what_piled_up_and_the_next_72_hours
        s5_stale_greetings_are_marked_and_the_stale_is_dropped
        s5_a_resume_sends_nothing_by_itself
        s5_the_release_is_paced_and_the_first_goes_alone
        s5_a_plan_is_refused_when_the_queue_changed
        s5_a_person_decides_about_every_line
        s5_nothing_stays_held_by_an_order_that_is_lifted
        s5_what_a_doubtful_clock_made_late_is_missed
        s5_one_pause_ends_alone
        s5_what_another_pause_covers_stays_held_and_says_so
        s5_what_an_event_would_hold_is_kept_and_says_so
        s5_a_resume_of_what_is_not_paused_is_refused
        s5_one_order_is_named_by_its_ending
        s5_a_plans_number_tells_which_pauses_it_ends
    }
    guarding {
        s7_a_hold_names_event_rule_and_words
        s7_an_approval_needs_a_reason
        s7_an_approval_is_for_one_account
        s7_an_approval_is_for_these_bytes
        s7_an_approval_is_for_this_audience
        s7_an_approval_is_for_the_events_that_were_open
        s7_a_rise_of_severity_voids_an_approval
        s7_an_extension_voids_an_approval
        s7_a_merge_voids_an_approval
        s7_a_milder_event_and_the_end_of_another_void_nothing
        s7_an_approval_for_one_event_passes_that_one_alone
        s7_what_does_not_count_then_is_not_approved
        s7_an_approval_lasts_as_long_as_was_said
        s7_an_event_that_nobody_confirms_gets_milder
        s7_a_confirmed_event_stays_what_it_was
        s7_a_proposal_holds_nothing_until_a_person_accepts_it
        s7_an_approval_expires
        s7_now_by_hand_is_challenged_the_same_way
        s7_the_end_of_the_event_releases_what_is_fresh
        s7_what_a_person_and_an_event_hold_is_held_by_both
        s8_a_stale_feed_holds_until_a_person_lets_it_go
    }
    changing {
        s7_a_raised_event_holds_at_once
        s7_a_narrowed_event_releases_what_is_fresh
        s7_a_narrowed_event_voids_no_approval
        s7_a_widened_event_voids_an_approval
        s7_a_changed_severity_counts_from_then_on
        s4_a_changed_event_stops_a_part_at_the_gate
    }
    corners {
        a_staging_that_expired_is_made_again
        media_that_are_gone_are_prepared_once_more
        media_that_are_gone_again_at_once_are_a_failure
        an_edit_drops_what_was_prepared
        an_edit_after_the_fence_is_too_late
        a_backlog_at_the_start_goes_one_by_one_and_only_while_fresh
        a_thread_whose_parent_is_taken_back_goes_no_further
    }
    crash {
        d2_a_crash_after_the_write_is_found_by_look_up
        d2_a_crash_before_the_first_byte_is_sent_again_after_proof
        d2_a_crash_without_look_up_waits_for_a_person
        d2_a_crash_during_staging_is_repeated
        d2_a_lost_answer_is_found
        d2_not_there_once_is_no_proof
        d2_cannot_tell_begins_the_proof_anew
        d2_cannot_tell_never_sends
        d2_where_absence_proves_nothing_a_person_decides
        d2_a_refusal_of_what_was_staged_is_looked_up
        d2_what_was_staged_and_refused_is_staged_anew_once_a_person_has_looked
        d2_a_look_up_searches_from_the_first_attempt
        d2_a_refused_repeat_of_what_may_be_public_is_no_failure
        d2_without_look_up_a_person_decides
        d2_release_never_resends_what_is_unknown
        d2_a_recognised_key_may_be_sent_again
        d2_an_expired_key_is_not_sent_again
        d2_the_receipt_of_another_part_is_no_proof
        d2_a_deadline_before_the_gate_is_surely_not_sent
        d2_a_stop_between_gate_and_write_is_surely_not_sent
    }
    delivery {
        d3_a_move_under_a_lost_claim_is_refused
        d3_a_lane_that_lost_its_claim_sends_nothing
        d3_many_lanes_send_each_post_once
        d4_a_hold_costs_no_attempt
        d4_a_rate_limit_costs_no_attempt
        d4_waiting_costs_no_attempt
        d5_a_post_is_late_only_inside_its_window
        d5_what_was_missed_waits_for_a_person
        d5_a_rate_limit_past_the_window_is_missed_at_once
        d5_retries_end_with_the_window
        d8_a_wrong_login_stops_the_account_until_a_login
    }
    order {
        d6_an_account_keeps_its_order
        d6_a_retry_keeps_those_behind_it
        d6_what_is_held_leaves_the_line
        d6_what_is_unknown_leaves_the_line
        d6_threads_are_not_interleaved
        d6_a_slow_account_delays_no_other
        d6_after_keeps_a_dependency
        d6_a_wait_in_the_wrong_order_blocks_nobody
        a_draft_goes_when_it_is_released_for
        retry_leaves_what_is_held
    }
    quota {
        d5_a_rescheduled_post_keeps_the_limit
        d5_a_released_post_keeps_the_limit
        d5_an_approved_post_keeps_the_limit
        d5_a_retried_post_keeps_the_limit
        d5_what_an_event_lets_go_keeps_the_limit
        d5_a_resume_keeps_the_limit_and_shows_it
        d5_every_part_of_a_thread_counts
        s9_the_tenth_is_left_for_people_on_every_path
    }
    threads {
        a_halt_in_the_middle_waits_for_a_person
        an_event_in_the_middle_waits_for_a_person
        a_found_receipt_goes_on
        a_rate_limit_inside_the_window_goes_on
        a_rate_limit_past_the_window_waits_for_a_person
        a_refusal_in_the_middle_waits_for_a_person
        a_person_may_leave_or_take_back_a_broken_thread
        a_broken_thread_is_taken_back_at_once
    }
    time {
        t1_a_wall_time_means_that_wall_time
        t1_gaps_and_folds_go_once_and_are_said
        t2_a_large_jump_sends_and_misses_nothing
        t2_a_small_jump_repeats_and_drops_nothing
        t2_a_jump_back_repeats_nothing
        t2_a_jump_back_drops_nothing
        t2_a_jump_forward_repeats_and_drops_nothing
        t2_a_jump_releases_no_hold_early
    }
}
